"""The protocol version, and a pinned hash of every message and row shape.

A changed shape changes `SCHEMA_HASH` (the tidy test says so): add a history line when the change is meant, and raise the version
when it is not additive.
"""

PROTOCOL = 1
SOFTWARE = "0.1.0"
SHAPES = 1
"""The release of the row shapes this software reads and writes. Raised with every change of a row's body that is more than an added
field; the institutions' `RowKind.older` then says how the body looked before."""

HISTORY = ("1: first release",)
SCHEMA_HASH = "dbd172be7b841187"
