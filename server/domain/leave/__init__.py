"""请销假: leave and return (LV, LVT)."""
