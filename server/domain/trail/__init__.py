"""Evidence and reconciliation: from what everybody said and saw to findings, two ledgers, tallies and their settlement (EVD, CON)."""
