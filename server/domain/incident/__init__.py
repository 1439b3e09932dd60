"""突发事件: an incident, who answers for it, and three in-place duties (EMG)."""
