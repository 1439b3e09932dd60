"""台账 of the roster for the desk: who was A and B of a post on a day, and every change of it (ORG-02, ORG-07)."""

from server.domain.base import Column, Reading, Register
from server.domain.hall.tables import DutyRecord
from server.domain.roster.tables import ChangeRecord
from sync.errors import N_

READING = Reading(frozenset({"OFF", "HEAD", "INS", "EFF", "DIS", "LEAD", "TOP"}))
"""The roster is open to all who work in the hall (§7)."""
COVERS = {"full": N_("全部业务"), "partial": N_("部分业务"), "limited": N_("只收件、告知、登记"), "none": N_("没有B岗")}
KINDS = {"publish": N_("排班发布"), "swap": N_("当日换岗"), "import": N_("导入")}

REGISTERS = (
    Register(
        name="duty",
        title=N_("排班台账"),
        record=DutyRecord,
        columns=(
            Column("day", N_("日期"), "day", "P1"),
            Column("post", N_("岗位"), "post", "P0"),
            Column("a", N_("A岗"), "person", "P1"),
            Column("b", N_("B岗"), "person", "P1"),
            Column("c", N_("第二B岗"), "person", "P1"),
            Column("cover", N_("B岗可办"), "choice", "P1", choices=COVERS),
            Column("swaps", N_("换岗次数"), "number", "P1", value=lambda duty: len(duty.swaps)),
            Column("version", N_("排班版本"), "number", "P1"),
            Column("reason", N_("无人到岗的原因"), "text", "P1"),
        ),
        readings=(READING,),
        at="day",
        unit="post",
        totals="cover",
    ),
    Register(
        name="roster_change",
        title=N_("排班变动台账"),
        record=ChangeRecord,
        columns=(
            Column("at", N_("变动时间"), "time", "P1"),
            Column("day", N_("日期"), "day", "P1"),
            Column("post", N_("岗位"), "post", "P0"),
            Column("unit", N_("单位"), "unit", "P1"),
            Column("kind", N_("变动"), "choice", "P1", choices=KINDS),
            Column("before", N_("原来"), "person", "P1", value=lambda change: [uid for uid in change.before if uid]),
            Column("after", N_("现在"), "person", "P1", value=lambda change: [uid for uid in change.after if uid]),
            Column("by", N_("经办人"), "person", "P1"),
            Column("text", N_("说明"), "text", "P1"),
            Column("uncovered", N_("无人到岗的原因"), "text", "P1"),
        ),
        readings=(READING,),
        at="at",
        unit="unit",
        totals="kind",
    ),
)
