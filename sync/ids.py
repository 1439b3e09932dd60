"""Names of records and ops: UUIDv7, in order of their time."""


def uuid7(at_ms: int, bits: int) -> str:
    """The UUIDv7 of a moment (ms since 1970) with 74 `bits` that make it the only one."""
    number = (at_ms & (1 << 48) - 1) << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
