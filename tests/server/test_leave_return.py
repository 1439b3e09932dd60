"""销假 that is said afterwards: it carries how it was said, and nobody's bare word of a time gone by makes it in time, late, or gives days
back (LV-07, EVD-02, EVD-03, EVD-04)."""

from itertools import permutations
from typing import Any

import pytest

from server.domain.leave.ops import LeaveReturn, LeaveWithdraw
from server.domain.leave.registers import MEASURES
from server.domain.leave.tables import LeaveRecord
from tests.server.scenes.leave import AFTERNOON, MORNING, WHOLE_DAY, asks, says
from tests.server.scenes.play import Grade, Said
from tests.server.scenes.small_hall import PEOPLE, at, small_hall
from tests.support.memory_tx import MemoryHall
from tests.support.sentences import sentence

NAMES = {uid: name for uid, (name, _, _) in PEOPLE.items()}
NEXT = "2026-11-24"
"""销假 of a morning's leave is due until 15:00: the afternoon's opening with its grace."""


def on_leave(span: tuple[str, str] = MORNING, *, alarmed: bool = True) -> MemoryHall:
    """王 is on approved leave, and the afternoon has begun without a word of him."""
    hall = small_hall("07:50")
    for fact in (asks("a", "wang", "08:00", *span), says("a", "zhao", "08:10"), says("a", "zhou", "08:11")):
        assert hall.run(fact.op(hall, fact.at)).st == "applied"
    hall.tick(at("15:05" if alarmed else "10:00"))
    return hall


def returns(clock: str, claims: str = "", who: str = "wang", grade: Grade = "A", text: str = "", phone: str = "") -> Said:
    """Somebody says at `clock` that 王 was back at `claims`."""
    return Said(who, clock, "leave.return", "a", LeaveReturn(at(claims or clock), text), grade, phone=phone)


def told(hall: MemoryHall, *facts: Said, received: str = "16:30") -> Any:
    for fact in facts:
        assert hall.run(fact.op(hall, at(received))).st == "applied"
    return hall.row("leave", "a")


def marks(row: Any) -> tuple[Any, ...]:
    """How it was said, when, of what time; whether it was late, and whether nobody can tell."""
    said = row.get("back_said", ""), row.get("back_said_at"), row.get("back_claims_at")
    return (*said, row.get("late_return", False), row.get("back_unproven", False))


def reported(hall: MemoryHall) -> tuple[int, int]:
    """How many leaves IDX-08 counts as ended, and as reported in time."""
    measure = next(one for one in MEASURES if "leaves_reported" in one.sums)
    found = hall.tx.sums(measure)["u1"]
    return found["leaves_ended"], found["leaves_reported"]


def keys(row: Any) -> list[str]:
    """Which sentences speak of coming back."""
    return [note["key"] for note in row["notes"] if note["key"].startswith("leave.back")]


def spans(hall: MemoryHall) -> list[tuple[int, int]]:
    return [(one.from_at, one.to_at) for one in hall.tx.ask("leaves_of", uid="wang", from_at=0, to_at=at("23:59", NEXT))]


@pytest.mark.parametrize("grade", ["A", "B"])
def test_who_says_after_it_was_due_that_he_was_back_in_time_is_neither_late_nor_in_time(grade: Grade) -> None:
    """LV-07, EVD-04, IDX-08: it is said when he said so; nothing follows from it before somebody else has looked."""
    hall = on_leave()
    row = told(hall, returns("16:00", "14:40", grade=grade))
    assert (row["state"], row["returned_at"], row.get("absent_without", False)) == ("returned", at("14:40"), False)
    assert marks(row) == ("late", at("16:00"), at("14:40"), False, True)
    assert keys(row) == ["leave.back_unproven"]
    assert reported(hall) == (1, 0)
    told(hall, returns("16:20", "14:40", "zhao"))
    assert reported(hall) == (1, 1)


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_head_bears_out_the_time_he_names_in_every_order(order: tuple[int, ...]) -> None:
    """LV-07, EVD-01: the head names the time the person claims."""
    facts = (returns("16:00", "14:40"), returns("16:20", "14:40", "zhao"), returns("16:10", "15:10", phone="-2"))
    row = told(on_leave(), *(facts[n] for n in order))
    assert (row["returned_at"], row["confirmed_by"], marks(row)) == (at("14:40"), "zhao", ("vouched", at("16:00"), None, False, False))
    assert keys(row) == ["leave.back_vouched", "leave.back_in_time"]


def test_head_who_says_that_he_is_back_now_bears_out_no_earlier_time() -> None:
    """EVD-04."""
    row = told(on_leave(), returns("16:00", "14:40"), returns("16:20", who="zhao"))
    assert (marks(row), row["confirmed_by"]) == (("late", at("16:00"), at("14:40"), False, True), "zhao")


def test_what_a_clock_nobody_can_believe_says_is_neither_in_time_nor_late() -> None:
    """EVD-03: it never clears, and it never accuses."""
    for claims in ("14:40", "15:20"):
        row = told(on_leave(), returns(claims, grade="C"))
        assert marks(row) == ("clock", at("16:30"), at(claims), False, True), claims
        assert (keys(row), row.get("absent_without", False)) == (["leave.back_clock"], False)


def test_the_servers_own_clock_proves_a_return_it_has_before_it_is_due() -> None:
    """EVD-03, LV-07."""
    hall = on_leave(alarmed=False)
    row = told(hall, returns("14:40", grade="C"), received="14:41")
    assert marks(row)[0] == "then"
    later = told(on_leave(alarmed=False), returns("14:31", grade="C"), received="14:50")
    assert (marks(later), keys(later)) == (("clock", at("14:50"), at("14:31"), False, False), ["leave.back_counted"])


def test_what_was_said_offline_in_time_is_in_time_however_late_it_arrives() -> None:
    """CON-19, EVD-02."""
    row = told(on_leave(), returns("14:40"))
    assert (marks(row), keys(row)) == (("then", None, None, False, False), ["leave.back_in_time"])


def test_his_own_word_that_he_was_late_is_believed() -> None:
    """LV-07: and it says when he said so."""
    row = told(on_leave(), returns("16:00", "15:20"))
    assert (marks(row), keys(row)) == (("late", at("16:00"), at("15:20"), True, False), ["leave.back_late"])


def test_a_return_said_afterwards_takes_back_no_hour_of_the_leave() -> None:
    """LV-07, EVD-02, EVD-04: neither is he missed in the hours he was on leave, nor do they come back to his balance, by his word alone."""
    hall = on_leave(WHOLE_DAY, alarmed=False)
    row = told(hall, returns("16:00", "13:00"))
    assert (row["returned_at"], row["centidays"], spans(hall)) == (at("16:00"), 100, [(at("08:30"), at("16:00"))])
    assert (marks(row), keys(row)) == (("late", at("16:00"), at("13:00"), False, False), ["leave.back_counted"])
    row = told(hall, returns("16:20", "13:00", "zhao"))
    assert (row["returned_at"], row["centidays"], spans(hall)) == (at("13:00"), 50, [(at("08:30"), at("13:00"))])
    assert (marks(row), keys(row)) == (("vouched", at("16:00"), None, False, False), ["leave.back_vouched"])


def test_head_alone_gives_no_hour_of_the_leave_back_either() -> None:
    """LV-07, CON-19."""
    hall = on_leave(WHOLE_DAY, alarmed=False)
    row = told(hall, returns("16:20", "13:00", "zhao"))
    assert (row["returned_at"], marks(row)) == (at("16:20"), ("vouched", at("16:20"), None, False, False))


def test_a_return_kept_by_an_earlier_release_is_a_word_like_others() -> None:
    """LV-07, GEN-01: a hall that kept only the earliest return loses none of it."""
    hall = on_leave()
    told(hall, returns("14:40"))
    kept = hall.tx.get(LeaveRecord, "a")
    assert kept is not None
    kept.backs = []
    hall.tx.put(kept)
    row = told(hall, returns("16:20", "14:50", "zhao"))
    assert (row["returned_at"], row["confirmed_by"], marks(row)[0]) == (at("14:40"), "zhao", "then")


def test_every_word_of_a_return_from_sick_leave_is_erased_in_its_time() -> None:
    """PRV-04: also of one that does not stand."""
    hall = small_hall("07:50")
    told(hall, asks("a", "wang", "08:00", *MORNING, type="sick", text="腰椎"), says("a", "zhao", "08:10"), says("a", "zhou", "08:11"))
    told(hall, returns("14:40", text="腰椎"), returns("15:20", text="腰椎复查", phone="-2"), returns("15:30", who="zhao", text="腰椎"))
    kept = hall.tx.get(LeaveRecord, "a")
    assert kept is not None
    hall.tick(kept.erase_at + 1)
    left = hall.tx.get(LeaveRecord, "a")
    assert left is not None
    assert (len(left.backs), "腰" in str(kept), "腰" in str(left)) == (3, True, False)


def test_how_a_return_was_said_reads_in_both_scripts() -> None:
    """EVD-11."""
    unproven = told(on_leave(), returns("16:00", "14:40"))
    clock = told(on_leave(), returns("14:40", grade="C"))
    counted = told(on_leave(WHOLE_DAY, alarmed=False), returns("16:00", "13:00"))
    vouched = told(on_leave(), returns("16:00", "14:40"), returns("16:20", "14:40", "zhao"))
    assert said_of(unproven) == [
        "16:00 才报告 14:40 已返岗，待负责人或办公室确认；确认前不算按时，也不算逾期。",
        "16:00 才報告 14:40 已返崗，待負責人或辦公室確認；確認前不算按時，也不算逾期。",
    ]
    assert said_of(clock) == [
        "销假称 14:40 返岗，但设备时间无法核实，16:30 收到，待负责人或办公室确认；确认前不算按时，也不算逾期。",
        "銷假稱 14:40 返崗，但裝置時間無法核實，16:30 收到，待負責人或辦公室確認；確認前不算按時，也不算逾期。",
    ]
    assert said_of(counted) == [
        "16:00 才报告 13:00 已返岗，待负责人或办公室确认；确认前按 16:00 销假。",
        "16:00 才報告 13:00 已返崗，待負責人或辦公室確認；確認前按 16:00 銷假。",
    ]
    assert said_of(vouched) == ["16:00 才报告 14:40 已返岗，赵已确认。", "16:00 才報告 14:40 已返崗，赵已確認。"]


def said_of(row: Any) -> list[str]:
    """The first sentence of a leave in both scripts."""
    return [sentence(row["notes"][0], locale, NAMES, {}) for locale in ("zh_Hans", "zh_Hant_TW")]


# --- taken back by a clock nobody can believe ---------------------------------------------------------------------------


def takes_back(clock: str, grade: Grade = "C") -> Said:
    """王 takes his leave back."""
    return Said("wang", clock, "leave.withdraw", "a", LeaveWithdraw("不去了"), grade)


def afternoon(*facts: Said, received: str) -> tuple[Any, list[tuple[int, int]]]:
    """王's leave of the afternoon, asked for and approved in the morning, once the facts are there; and what of it stands as approved."""
    hall = small_hall("07:50")
    for fact in (asks("a", "wang", "08:00", *AFTERNOON), says("a", "zhao", "08:10"), says("a", "zhou", "08:11")):
        assert hall.run(fact.op(hall, fact.at)).st == "applied"
    for fact in facts:
        assert hall.run(fact.op(hall, at(received))).st == "applied"
    found = hall.tx.ask("leaves_of", uid="wang", from_at=0, to_at=at("23:59"))
    return hall.row("leave", "a")["state"], [(one.from_at, one.to_at) for one in found if one.state == "approved"]


@pytest.mark.parametrize("claimed", ["08:30", "13:00", "16:00"])
def test_a_leave_taken_back_by_a_clock_nobody_can_believe_ends_when_that_is_heard(claimed: str) -> None:
    """EVD-03, LV-07: whatever time it claims, until four o'clock the leave protects him, and costs him what it costs."""
    assert afternoon(takes_back(claimed), received="16:00") == ("returned", [(at("14:30"), at("16:00"))])
    assert afternoon(takes_back(claimed), received="10:00") == ("withdrawn", []), "the server's own clock proves that"


def test_taken_back_in_time_by_a_good_clock_it_is_none_however_late_that_arrives() -> None:
    """EVD-02."""
    assert afternoon(takes_back("13:00", "A"), received="16:00") == ("withdrawn", [])


def test_of_two_phones_the_good_clock_counts_whichever_arrives_first() -> None:
    """EVD-01, EVD-03."""
    good = Said("wang", "13:00", "leave.withdraw", "a", LeaveWithdraw("不去了"), phone="-2")
    for order in permutations((takes_back("12:00"), good)):
        assert afternoon(*order, received="16:00") == ("withdrawn", [])
