"""台账 of bulletins for the desk (DOC-13, DOC-15), with who reads what of it."""

from server.domain.base import Column, Reading, Register
from server.domain.bulletin.tables import BulletinRecord
from sync.errors import N_

KINDS = {"patrol_week": N_("巡查周报"), "patrol_month": N_("巡查月报"), "check": N_("检查通报")}
STATES = {"draft": N_("草稿"), "issued": N_("已发布"), "withdrawn": N_("已收回"), "dropped": N_("已放弃")}

REGISTERS = (
    Register(
        name="bulletin",
        title=N_("通报台账"),
        record=BulletinRecord,
        columns=(
            Column("from_day", N_("期间开始"), "day", "P1"),
            Column("day", N_("期间结束"), "day", "P1"),
            Column("kind", N_("种类"), "choice", "P1", choices=KINDS),
            Column("number", N_("编号"), "text", "P1"),
            Column("title", N_("标题"), "text", "P1"),
            Column("state", N_("状态"), "choice", "P1", choices=STATES),
            Column("findings", N_("确认的空岗"), "number", "P1", value=lambda one: one.numbers.findings),
            Column("results", N_("公布的检查结果"), "number", "P1", value=lambda one: one.numbers.results),
            Column("problems", N_("交办的问题"), "number", "P1", value=lambda one: one.numbers.problems),
            Column("issued_at", N_("发布时间"), "time", "P1", value=lambda one: one.issued_at or None),
            Column("issued_by", N_("发布人"), "person", "P1"),
            Column("text", N_("收回理由"), "text", "P1"),
        ),
        readings=(
            Reading(frozenset({"OFF"})),
            Reading(frozenset({"EFF"}), where="kind <> 'check'"),
            Reading(frozenset({"CHECK"}), where="kind = 'check'"),
            Reading(frozenset({"LEAD", "TOP", "INS", "DIS"}), where="state IN ('issued', 'withdrawn')"),
        ),
        at="day",
        totals="state",
    ),
)
