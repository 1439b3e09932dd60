"""公示屏 the lobby board: what the office says on it beside the windows (DSP-01)."""
