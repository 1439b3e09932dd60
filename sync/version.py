"""The protocol version, and a pinned hash of every message and row shape.

A changed shape changes `SCHEMA_HASH` (the tidy test says so): add a history line when the change is meant, and raise the version
when it is not additive.
"""

PROTOCOL = 1
SOFTWARE = "0.1.0"

HISTORY = ("1: first release",)
SCHEMA_HASH = "33409c37bdd2f16c"
