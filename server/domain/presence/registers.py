"""台账 of absence for the desk: away notices, late notices, covers (AWY, CON-03, AB-03), with who reads what of them (§7)."""

from collections.abc import Sequence

from server.domain.base import Column, Reading, Register, Related
from server.domain.hall.rules import FOREVER
from server.domain.presence.rules import back_at
from server.domain.presence.tables import CoverRecord, NoticeRecord
from sync.errors import N_

OFFICE_ROLES = frozenset({"OFF"})
HEAD = frozenset({"HEAD"})
PATROL_ROLES = frozenset({"INS", "EFF"})
LEADERS = frozenset({"LEAD", "TOP"})

REASONS = {
    "step_away": N_("暂离"),
    "errand": N_("外出办事"),
    "meeting": N_("会议"),
    "training": N_("培训"),
    "site_visit": N_("现场"),
    "trip": N_("公务出差"),
    "off_today": N_("今日不在岗"),
}
STATES = {
    "active": N_("离岗中"),
    "overdue": N_("逾期未归"),
    "returned": N_("已返岗"),
    "cancelled": N_("已取消"),
    "closed": N_("已办结"),
}
COVERS = {
    "none": N_("无顶岗人"),
    "told": N_("待确认"),
    "accepted": N_("已接受"),
    "declined": N_("不能顶岗"),
    "silent": N_("尚未确认"),
    "in_force": N_("正在顶岗"),
}
GRADES = {"A": N_("A：时间有凭据"), "B": N_("B：按校正后的时间"), "C": N_("C：时间无法核实，由人判定")}
JUDGED = {"": N_("待判定"), "yes": N_("已采信"), "no": N_("未采信")}


def _returned_at(notice: NoticeRecord) -> int | None:
    return notice.returned.at if notice.returned else None


def _judged(notice: NoticeRecord) -> str | None:
    if not notice.late:
        return None
    return "" if notice.judged is None else "yes" if notice.judged.accept else "no"


def _related(notice: NoticeRecord) -> Sequence[Related]:
    """The covers that belong to a notice, and what was found at its posts at the time."""
    until = _returned_at(notice) or back_at(notice)
    posts = ",".join(notice.posts)
    return (
        Related("cover", N_("顶岗记录"), {"post": posts}, notice.leaves_at, until),
        Related("finding", N_("巡查问题"), {"post": posts}, notice.leaves_at, until),
        Related("away", N_("本人的离岗告示"), {"person": notice.person}, notice.leaves_at, until),
    )


COLUMNS = (
    Column("leaves_at", N_("离岗时间"), "time", "P0"),
    Column("person", N_("离岗人"), "person", "P0"),
    Column("unit", N_("单位"), "unit", "P0"),
    Column("posts", N_("岗位"), "post", "P0"),
    Column("reason", N_("去向类别"), "choice", "P1", choices=REASONS),
    Column("destination", N_("去向"), "text", "P1"),
    Column("text", N_("离岗事由"), "text", "P2"),
    Column("back_at", N_("预计返回"), "time", "P0", value=back_at),
    Column("returned_at", N_("实际返回"), "time", "P1", value=_returned_at),
    Column("state", N_("状态"), "choice", "P1", choices=STATES),
    Column("stand_in", N_("顶岗人"), "person", "P0"),
    Column("cover", N_("顶岗情况"), "choice", "P1", choices=COVERS),
    Column("late", N_("补告示"), "flag", "P1"),
    Column("judged", N_("补告示认定"), "choice", "P1", value=_judged, choices=JUDGED),
    Column("announced_at", N_("告示时间"), "time", "P1"),
    Column("received_at", N_("送达时间"), "time", "P1"),
    Column("paper", N_("补录纸质单号"), "text", "P1"),
    Column("grade", N_("时间凭据"), "choice", "P1", choices=GRADES),
    Column("contact", N_("联系方式"), "text", "P1"),
    Column("by", N_("登记人"), "person", "P1"),
)
# Those who patrol see class and times; leaders begin with totals, and a name leaves a trace (VIS-05).
PRIVATE = frozenset({"text", "destination", "contact", "by"})
READINGS = (
    Reading(OFFICE_ROLES),
    Reading(HEAD, "unit"),
    Reading(PATROL_ROLES | {"DIS"}, hidden=PRIVATE - {"by"}),
    Reading(LEADERS, hidden=PRIVATE, sealed=frozenset({"person", "stand_in", "posts"})),
)

REGISTERS = (
    Register(
        name="away",
        title=N_("离岗告示台账"),
        record=NoticeRecord,
        columns=COLUMNS,
        readings=READINGS,
        at="leaves_at",
        unit="unit",
        own="person",
        totals="state",
        related=_related,
    ),
    Register(
        name="late",
        title=N_("补告示台账"),
        record=NoticeRecord,
        columns=COLUMNS,
        readings=READINGS,
        at="leaves_at",
        unit="unit",
        own="person",
        where='"late"',
        totals="state",
        related=_related,
    ),
    Register(
        name="cover",
        title=N_("顶岗台账"),
        record=CoverRecord,
        columns=(
            Column("from_at", N_("顶岗时间"), "time", "P1"),
            Column("post", N_("岗位"), "post", "P0"),
            Column("person", N_("顶岗人"), "person", "P0"),
            Column("for_person", N_("代谁"), "person", "P1"),
            Column("until_at", N_("交回时间"), "time", "P1", value=lambda cover: None if cover.until_at == FOREVER else cover.until_at),
            Column("made_at", N_("登记时间"), "time", "P1"),
            Column("grade", N_("时间凭据"), "choice", "P1", choices=GRADES),
        ),
        readings=(
            Reading(OFFICE_ROLES),
            Reading(HEAD, "unit"),
            Reading(frozenset({"INS"})),
            Reading(LEADERS, sealed=frozenset({"person", "for_person", "post"})),
        ),
        at="from_at",
        unit="post",
        own="person",
        related=lambda cover: (Related("away", N_("离岗告示"), {"posts": cover.post}, cover.from_at, min(cover.until_at, cover.from_at)),),
    ),
)
