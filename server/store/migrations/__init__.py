"""Schema changes as raw SQL per dialect, applied in name order under the file lock (`store/migrate.py`)."""
