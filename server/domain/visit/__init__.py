"""暗访检查: mystery visits, sealed until their lead publishes them (CHK)."""
