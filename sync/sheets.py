"""What importing a spreadsheet answers (ORG-10). Not synced: the desk needs the network for it. Texts in the reader's language."""

import msgspec


class SheetError(msgspec.Struct, omit_defaults=True):
    """What is wrong in a file, and where: sheet, row number and column as the office program shows them; empty where it is the whole."""

    text: str
    sheet: str = ""
    row: int = 0
    column: str = ""


class SheetCount(msgspec.Struct):
    """What a sheet brings."""

    sheet: str
    added: int
    changed: int
    same: int


class SheetReport(msgspec.Struct, omit_defaults=True):
    """What a file would do, or has done. `more`: errors beyond those listed; nothing is taken from a file with any."""

    applied: bool
    errors: list[SheetError] = []
    counts: list[SheetCount] = []
    more: int = 0


class Issued(msgspec.Struct):
    """A first password, told once."""

    uid: str
    login: str
    password: str
