"""热点难点 hot and hard issues: regular analysis, and the orders to sections that follow from it (EMG-06)."""
