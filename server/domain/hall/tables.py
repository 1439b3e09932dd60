"""How the hall is kept (ORG, catalogue §3). Ids are short in the demo, UUIDv7 elsewhere; "" stands for "nobody"."""

from typing import ClassVar, Literal

from server.domain.base import Record
from server.domain.hall.ops import Hall, Names


class HallRecord(Record):
    """The one hall of this site, rid `hall`. `roster_until`: last day (ISO) that has duties; `demo` halls extend it by themselves."""

    TABLE: ClassVar[str] = "hall"
    SHARED: ClassVar[bool] = True

    hall: Hall
    roster_until: str = ""


class UnitRecord(Record):
    """单位/科室. `batch`: in which wave it moved in, 0 for the centre's own sections."""

    TABLE: ClassVar[str] = "unit"
    SHARED: ClassVar[bool] = True

    names: Names
    kind: Literal["resident", "centre"]
    head: str
    category: str
    phone: str = ""
    batch: int = 0
    contact_post: str = ""


class PostRecord(Record):
    """岗位/窗口 (ORG-01)."""

    TABLE: ClassVar[str] = "post"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("unit", "zone")

    number: str
    zone: str
    order: int
    unit: str
    services: list[Names]
    group: str
    kind: Literal["window", "consult", "office"]
    required: bool


class PersonRecord(Record):
    """人员. `outside`: a visitor of the check team, who is no member of the hall and in none of its lists (CHK-05)."""

    TABLE: ClassVar[str] = "person"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("unit",)

    name: str
    badge: str
    unit: str
    title: Names
    roles: list[str]
    phone: str = ""
    outside: bool = False


class DutyRecord(Record):
    """当日岗位, rid `{day}:{post}`: the A and the B of a post that day (AB.3). `shown`: its row is still with the people."""

    TABLE: ClassVar[str] = "duty"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = ("day", ("post", "day"))

    day: str
    post: str
    a: str
    b: str = ""
    shown: bool = True
