"""CON-14..19 in every order of arrival, with the sentence people read in both scripts; order never changes an end state (EVD-11)."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.leave.explain import LEAVE_EXPLANATIONS
from server.locales import messages, placeholders, read
from tests.server.scenes.leave import AFTERNOON, SCENES, Said, Scene, asks, back, says
from tests.server.scenes.small_hall import at, small_hall
from tests.support.memory_tx import MemoryHall

ORDERS_MAX = 12


def played(facts: tuple[Said, ...], now: str) -> MemoryHall:
    """The hall after these facts have arrived, at `now`."""
    hall = small_hall("07:50")
    for fact in facts:
        outcome = hall.run(fact.op(hall))
        assert outcome.st == "applied" or outcome.code == "REF_WAIT", (fact, outcome)
    hall.tick(at(now))
    return hall


def told(hall: MemoryHall) -> dict[str, Any]:
    """Everything anybody is shown of leave."""
    return {f"{kind}/{rid}": row for kind in ("leave", "leave.unit", "leave.ins", "leave.account") for rid, row in hall.rows(kind)}


def orders(facts: tuple[Said, ...]) -> list[tuple[Said, ...]]:
    """Every order, or evenly chosen ones when there are too many."""
    every = list(permutations(facts))
    return every[:: max(1, len(every) // ORDERS_MAX)]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.id)
def test_a_conflict_ends_the_same_whatever_arrives_first(scene: Scene) -> None:
    """CON-14, CON-15, CON-16, CON-17, CON-18."""
    ends = [told(played(order, scene.now)) for order in orders(scene.facts)]
    assert all(end == ends[0] for end in ends)
    for rid, fields in scene.rows.items():
        row = ends[0][f"leave/{rid}"]
        assert {key: row.get(key, type(value)()) for key, value in fields.items()} == fields
    for rid, key in scene.says.items():
        assert key in [note["key"] for note in ends[0][f"leave/{rid}"]["notes"]]
    if scene.used is not None:
        known = [b["used"] for b in ends[0]["leave.account/wang"]["balances"] if b["type"] == "annual"]
        assert (known or [0]) == [scene.used]


def test_a_return_made_in_time_closes_the_alarm_however_late_it_arrives() -> None:
    """CON-19: 销假 made offline at 14:40, the server called it overdue at 15:00."""
    hall = played((asks("a", "wang", "08:00", "08:30", "12:00"), says("a", "zhao", "08:10"), says("a", "zhou", "08:11")), "15:01")
    assert hall.row("leave", "a")["state"] == "overdue"
    late = Said("wang", "14:40", "leave.return", "a", back("a", "14:40").args, received="15:20")
    hall.run(late.op(hall))
    row = hall.row("leave", "a")
    assert (row["state"], row.get("late_return", False), row.get("absent_without", False)) == ("returned", False, False)
    assert [note["key"] for note in row["notes"] if note["key"].startswith("leave.back")] == ["leave.back_in_time"]


def test_a_late_return_needs_a_reason_and_is_otherwise_left_to_the_office() -> None:
    """LV-07."""
    for text, key in (("", "leave.back_late"), ("公交延误", "leave.back_late_reason")):
        facts = (asks("a", "wang", "08:00", "08:30", "12:00"), says("a", "zhao", "08:10"), says("a", "zhou", "08:11"))
        hall = played(facts, "15:05")
        hall.run(Said("wang", "15:10", "leave.return", "a", back("a", "15:10", text=text).args, received="15:10").op(hall))
        row = hall.row("leave", "a")
        assert (row["late_return"], row.get("absent_without", False)) == (True, text == "")
        assert key in [note["key"] for note in row["notes"]]


FACTS = (
    asks("a", "wang", "08:00", "08:30", "17:30"),
    asks("b", "li", "08:01", *AFTERNOON),
    says("a", "zhao", "08:10"),
    says("a", "zhou", "08:12"),
    says("a", "ma", "08:14", accept=False, received="12:40"),
    says("b", "zhao", "08:20"),
    says("b", "zhou", "08:21"),
    back("a", "14:20"),
    asks("c", "wang", "08:30", *AFTERNOON, type="personal"),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(FACTS))
def test_random_orders_of_arrival_give_one_end_state(order: list[Said]) -> None:
    """EVD-01: facts merge by union; the state follows from them."""
    assert told(played(tuple(order), "15:30")) == END


END = told(played(FACTS, "15:30"))

SENTENCES = {
    "leave.needs_cover": (
        "李 的请假先获批准，w1 同时无人顶岗。本次请假照样有效，列为“已批·待补岗”，请科室负责人另行安排第三人。",
        "李 的請假先獲批准，w1 同時無人頂崗。本次請假照樣有效，列為「已批·待補崗」，請科室負責人另行安排第三人。",
    ),
    "leave.concurring": ("马 与 周 的审批结果相同，记为一次批准，假期只扣一次。", "马 與 周 的審批結果相同，記為一次批准，假期只扣一次。"),
    "leave.by_rank": ("周 与 马 的审批结果不同，按权限高低以 马 的决定为准。", "周 與 马 的審批結果不同，按權限高低以 马 的決定為準。"),
    "leave.relied_on": (
        "12:30 之前的部分已按批准休假，仍算已批；其余部分按后来的决定办理。",
        "12:30 之前的部分已按批准休假，仍算已批；其餘部分按後來的決定辦理。",
    ),
    "leave.same_twice": (
        "与另一张请假单日期重叠、假别相同，建议合并：天数取并集，只扣一次。",
        "與另一張請假單日期重疊、假別相同，建議合併：天數合起來算，只扣一次。",
    ),
    "leave.over_quota": (
        "批准后调休超出余额 1 天。批准有效，列为“超额待处理”，请负责人转换假别。",
        "批准後调休超出餘額 1 天。批准有效，列為「超額待處理」，請負責人轉換假別。",
    ),
    "leave.back_in_time": (
        "14:40 已销假，早于应销假时间 15:00，不算逾期，提醒已撤销。",
        "14:40 已銷假，早於應銷假時間 15:00，不算逾期，提醒已撤銷。",
    ),
}
"""As people read them; names are as typed in every script."""
FILLED = {"other": "李", "post": "w1", "until": "12:30", "type": "调休", "days": "1", "back": "14:40", "due": "15:00"}
NAMES = {"leave.concurring": {"by": "马", "first": "周"}, "leave.by_rank": {"by": "马", "first": "周"}}


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_the_sentence_is_said_in_simplified_and_traditional_chinese(key: str) -> None:
    """EVD-11."""
    params = FILLED | NAMES.get(key, {})
    for locale, said in zip(("zh_Hans", "zh_Hant_TW"), SENTENCES[key], strict=True):
        texts = {str(message.id): str(message.string) for message in messages(read(locale))}
        text = texts[LEAVE_EXPLANATIONS[key]]
        for name in placeholders(text):
            text = text.replace(f"{{{name.strip('{}')}}}", params[name.strip("{}")])
        assert text == said
