"""Journeys. A package, so that one driver of browsers serves them from the first to the last (conftest.py)."""
