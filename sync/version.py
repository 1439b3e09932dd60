"""The protocol version, and a pinned hash of every message and row shape.

A changed shape changes `SCHEMA_HASH` (the tidy test says so): bump the history line when the change is meant, the version when it is not additive.
"""

PROTOCOL = 1
SOFTWARE = "0.1.0"

HISTORY = ("1: first release",)
