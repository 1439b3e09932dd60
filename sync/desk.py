"""What the desk asks of the site over HTTP: registers (台账) and indices. Not synced: the desk needs the network for them and says so.

Words, names and titles come in the reader's language, so that the screen knows no institution.
"""

import msgspec

Cell = str | int | float | bool | list[str] | None
"""A cell: text, number, ms, ISO day, yes or no, the value of a choice, an id or several; nothing where there is none or it is sealed."""


class RegisterColumn(msgspec.Struct, omit_defaults=True):
    """A column as this reader has it. `choices`: value and word. `sealed`: cells come only for a stated purpose.

    `filters`, `sorts`: whether one may filter and sort by it.
    """

    key: str
    title: str
    kind: str
    privacy: str
    choices: list[tuple[str, str]] = []
    filters: bool = False
    sorts: bool = False
    sealed: bool = False


class RegisterInfo(msgspec.Struct, omit_defaults=True):
    """A register this person may read. `at`: the column its span of days is cut by; `totals`: the one its rows are counted by;
    `units`: the units one may choose from (id, name).
    """

    name: str
    title: str
    at: str
    columns: list[RegisterColumn]
    units: list[tuple[str, str]] = []
    totals: str = ""


class RegisterList(msgspec.Struct):
    """Answer of `GET /s/{site}/registers`."""

    registers: list[RegisterInfo]


class RegisterRow(msgspec.Struct, omit_defaults=True):
    """One row; `cells` in the order of the columns, `sealed`: keys of cells that are there and were not shown."""

    rid: str
    cells: list[Cell]
    sealed: list[str] = []


class Labels(msgspec.Struct):
    """What the ids on a page are called."""

    people: dict[str, str]
    units: dict[str, str]
    posts: dict[str, str]


class Totals(msgspec.Struct, omit_defaults=True):
    """How many rows fulfil the query: all, by the register's choice column, by unit (id)."""

    rows: int
    by: list[tuple[str, int]] = []
    units: list[tuple[str, int]] = []


class RegisterPage(msgspec.Struct, omit_defaults=True):
    """Answer of `GET /s/{site}/register/{name}`. `next`: what `after` is for the following page; `totals` on the first page only.

    `from_day`, `to_day`: the span, both included. `asked_at`: server time (ms).
    """

    rows: list[RegisterRow]
    labels: Labels
    from_day: str
    to_day: str
    asked_at: int
    next: str | None = None
    totals: Totals | None = None


class RegisterLink(msgspec.Struct):
    """Where facts behind a row are: a register with filters, as the query of its address."""

    register: str
    title: str
    query: dict[str, str]


class RegisterDetail(msgspec.Struct):
    """Answer of `GET /s/{site}/register/{name}/{rid}`."""

    row: RegisterRow
    labels: Labels
    related: list[RegisterLink]


class IndexPoint(msgspec.Struct, omit_defaults=True):
    """One value of an index over a span of days, both included. Numerator and denominator are always there; `value` only when there are
    enough cases (a rate in hundredths of a percent, else minutes, a number, or seconds). `parts`: what it is made of.
    """

    from_day: str
    to_day: str
    top: int
    bottom: int
    value: int | None = None
    parts: list[int] = []
    provisional: bool = False


class IndexUnit(msgspec.Struct):
    """An index of one unit over the whole span."""

    unit: str
    name: str
    point: IndexPoint


class IndexSeries(msgspec.Struct, omit_defaults=True):
    """An index of §11 over time. `id` "IDX-01"; `kind` rate, minutes, number, delay or average (of minutes); `good`: whether high or low
    is; `counts`: what is counted above and below the line; `facts`: the registers behind it.
    """

    id: str
    key: str
    title: str
    kind: str
    good: str
    counts: tuple[str, str]
    points: list[IndexPoint]
    total: IndexPoint
    parts: list[str] = []
    units: list[IndexUnit] = []
    facts: list[RegisterLink] = []


class IndexPage(msgspec.Struct):
    """Answer of `GET /s/{site}/indices`. `by`: day, week or month; `min_n`: fewer cases than this make no rate; `asked_at` ms."""

    from_day: str
    to_day: str
    by: str
    min_n: int
    asked_at: int
    series: list[IndexSeries]
    units: list[tuple[str, str]]
