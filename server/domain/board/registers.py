"""台账 of what stood on the lobby board, by whom and when (DSP-01)."""

from server.domain.base import Column, Reading, Register
from server.domain.board.tables import BoardItemRecord
from sync.errors import N_

KINDS = {
    "notice": N_("通知公告"),
    "promise": N_("服务承诺"),
    "procedure": N_("办事程序"),
    "basis": N_("办事依据"),
    "term": N_("办事时限"),
    "result": N_("办事结果"),
    "leader": N_("值班领导"),
    "channel": N_("监督方式"),
    "figures": N_("上月统计"),
}

REGISTERS = (
    Register(
        name="board_item",
        title=N_("公示屏内容台账"),
        record=BoardItemRecord,
        columns=(
            Column("first", N_("开始"), "day", "P0"),
            Column("until", N_("结束"), "day", "P0"),
            Column("kind", N_("类别"), "choice", "P0", choices=KINDS),
            Column("title", N_("标题"), "text", "P0", value=lambda item: item.title.get("zh_Hans", "")),
            Column("words", N_("内容"), "text", "P0", value=lambda item: item.words.get("zh_Hans", "") or item.phone or item.link),
            Column("person", N_("值班领导"), "person", "P0"),
            Column("by", N_("发布人"), "person", "P1"),
            Column("at", N_("发布时间"), "time", "P1"),
            Column("ended", N_("提前撤下"), "flag", "P1"),
        ),
        readings=(Reading(frozenset({"OFF", "ADM", "LEAD", "TOP"})),),
        at="first",
        totals="kind",
    ),
)
