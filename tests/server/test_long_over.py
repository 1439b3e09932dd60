"""What is long over leaves the devices, registers keep it; what could lead to a citizen is not kept, or masked (PRV-08, PRV-09)."""

import re

import msgspec
import pytest

from server.app import DOMAINS
from server.domain.hall import leaving
from server.domain.hall.leaving import masked
from server.domain.incident.ops import NoteStep, Report, Tick
from server.domain.incident.tables import IncidentRecord
from server.domain.patrol.ops import Observe, RoundStart
from server.domain.patrol.tables import ObservationRecord, RoundRecord
from server.domain.supervisor.ops import AnswerReport, Appoint, FileReport, Nominate
from tests.server.scenes.small_hall import ACTORS, KNEW, at, small_hall

NUMBER = "13912345678"
SAID = f"群众李某（{NUMBER}）晕倒"
NAMED = re.compile(r"citizen|applicant|complainant|petitioner|visitor|guest|mobile|phone|contact|address|identity|id_number|email|wechat")
OF_STAFF_OR_HALL = {
    ("hall", "phone"): "the hall's own telephone",
    ("hall.about", "phone"): "the hall's",
    ("hall.setting", "phone"): "the hall's",
    ("hall_setting", "phone"): "the hall's",
    ("unit", "phone"): "a unit's, for the public",
    ("unit", "contact_post"): "a post",
    ("person", "phone"): "somebody of the hall",
    ("org.unit", "phone"): "a unit's",
    ("org.unit", "contact_post"): "a post",
    ("org.person", "phone"): "somebody of the hall",
    ("away.announce", "contact"): "somebody of the hall",
    ("away.office", "contact"): "somebody of the hall",
    ("away_notice", "contact"): "somebody of the hall",
    ("person.file", "phone"): "somebody of the hall",
    ("visit", "visitor"): "one of the check team",
    ("plan.commit", "visitors"): "the check team",
    ("board.put", "phone"): "the hall's",
    ("board.item", "phone"): "the hall's",
    ("board.pub", "phone"): "the hall's",
    ("board_item", "phone"): "the hall's",
    ("device.state", "contact_at"): "a time",
    ("device.sealed", "contact_at"): "a time",
}
"""Every field of a record, a row or an op whose name could stand for somebody's number, and whose it is. A citizen's is none of them."""


def fields() -> set[tuple[str, str]]:
    """Every field that is kept, sent or said, with what it is a field of."""
    shapes = [(record.TABLE, record) for domain in DOMAINS for record in domain.records]
    shapes += [(row.kind, row.body) for domain in DOMAINS for row in domain.rows]
    shapes += [(op.kind, op.args) for domain in DOMAINS for op in domain.ops]
    return {(of, field.name) for of, shape in shapes for field in msgspec.structs.fields(shape)}


def test_no_record_row_or_op_has_a_field_for_a_citizens_name_or_number() -> None:
    """PRV-09: a new field of such a name is refused until somebody has said whose it is."""
    assert {one for one in fields() if NAMED.search(one[1])} == set(OF_STAFF_OR_HALL)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"请联系{NUMBER}。", "请联系***。"),
        ("证件11010119900101123X，电话13800000000", "证件***，电话***"),
        ("收件号 2026112300000123456，大厅 010-65123456", "收件号 2026112300000123456，大厅 010-65123456"),
    ],
)
def test_numbers_that_lead_to_a_person_are_masked_and_no_others(text: str, kept: str) -> None:
    """PRV-09: receipts stay, by their code."""
    assert masked(text) == kept


def test_an_incident_closed_for_ninety_days_has_no_numbers_and_after_four_hundred_it_is_on_no_device() -> None:
    """PRV-09: the record and its rows; what was said stays in the evidence log alone."""
    hall = small_hall()
    hall.send(ACTORS["lin"], "incident.report", "i1", Report("medical", "w1", at("9:05"), 3, text=SAID), received=at("9:06"))
    for duty in ("handling", "report", "feedback"):
        hall.send(ACTORS["zhao"], "incident.tick", "i1", Tick(duty, at("9:30"), f"已联系家属{NUMBER}"), received=at("9:30"))
    for step in ("cause", "improve", "truthful"):
        hall.send(ACTORS["zhao"], "incident.note", "i1", NoteStep(step, at("9:40"), "已写明"), received=at("9:40"))
    for day, whole in (("2027-02-20", True), ("2027-02-23", False)):
        hall.tick(at("9:00", day))
        assert (NUMBER in hall.tx.rows["incident", "i1"].body) is whole, day
    record = hall.tx.get(IncidentRecord, "i1")
    assert record
    assert record.text == "群众李某（***）晕倒"
    assert hall.row("incident", "i1")["text"] == record.text
    hall.tick(at("9:00", "2028-01-02"))
    assert hall.row("incident", "i1") is None
    assert hall.tx.get(IncidentRecord, "i1") == record


def test_an_open_incident_stays_however_old() -> None:
    """EMG-07: what nobody has closed is still somebody's."""
    hall = small_hall()
    hall.send(ACTORS["lin"], "incident.report", "i1", Report("medical", "w1", at("9:05"), 3, text=SAID), received=at("9:06"))
    hall.tick(at("9:00", "2028-01-02"))
    assert hall.row("incident", "i1")["text"] == SAID


def test_what_was_open_at_its_horizon_or_is_spoken_of_after_it_leaves_again() -> None:
    """`dev.shown_days`: thirty days after its last change, however often it comes back."""
    hall = small_hall(**{"dev.shown_days": 30})
    hall.send(ACTORS["lin"], "incident.report", "i1", Report("medical", "w1", at("9:05"), 3, text="群众晕倒"), received=at("9:06"))
    hall.tick(at("9:00", "2027-02-01"))
    assert hall.row("incident", "i1"), "nobody has closed it"
    for duty in ("handling", "report", "feedback"):
        hall.send(ACTORS["zhao"], "incident.tick", "i1", Tick(duty, at("9:30"), "已联系"), received=at("9:30", "2027-02-01"))
    for step in ("cause", "improve", "truthful"):
        hall.send(ACTORS["zhao"], "incident.note", "i1", NoteStep(step, at("9:40"), "已写明"), received=at("9:40", "2027-02-01"))
    for day, shown in (("2027-02-02", True), ("2027-03-03", True), ("2027-03-05", False)):
        hall.tick(at("9:00", day))
        assert (hall.row("incident", "i1") is not None) is shown, day
    hall.send(ACTORS["zhao"], "incident.note", "i1", NoteStep("cause", at("9:40"), "又写"), received=at("9:40", "2027-04-01"))
    assert hall.row("incident", "i1"), "said after it had left: shown again"
    for day, shown in (("2027-04-02", True), ("2027-05-01", True), ("2027-05-03", False)):
        hall.tick(at("9:00", day))
        assert (hall.row("incident", "i1") is not None) is shown, day


def test_rounds_and_sightings_leave_the_devices_by_the_halls_own_horizon_and_stay_in_the_registers() -> None:
    """`dev.shown_days`: one day after the other, nothing younger."""
    hall = small_hall(**{"dev.shown_days": 30})
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart("2026-11-23T09", "hourly", at("9:00")), received=at("9:00"))
    hall.send(ACTORS["lin"], "patrol.observe", "o1", Observe("r1", "w1", "idle", at("9:01"), KNEW), received=at("9:01"))
    hall.tick(at("9:00", "2026-12-23"))
    assert hall.row("round", "r1")
    hall.tick(at("0:01", "2026-12-24"))
    assert (hall.row("round", "r1"), hall.row("obs", "o1")) == (None, None)
    assert hall.tx.get(RoundRecord, "r1")
    assert hall.tx.get(ObservationRecord, "o1")


def test_a_supervisors_report_answered_for_ninety_days_has_no_numbers() -> None:
    """PRV-09, SUP-03."""
    hall = small_hall()
    hall.send(ACTORS["zhou"], "sup.nominate", "s1", Nominate("社甲", "citizen", "已核对"), received=at("9:00"))
    appointed = Appoint("S01", "2026-11-23", "2027-11-22")
    assert hall.send(ACTORS["zhou"], "sup.appoint", "s1", appointed, received=at("9:01")).st == "applied"
    author = ACTORS["wu"]._replace(uid="s1", roles=frozenset({"SUP"}))
    assert hall.send(author, "sup.report", "p1", FileReport("seen", SAID, at("9:10")), received=at("9:10")).st == "applied"
    assert hall.send(ACTORS["zhou"], "sup.answer", "p1", AnswerReport(f"已回访{NUMBER}"), received=at("10:00")).st == "applied"
    hall.tick(at("9:00", "2027-02-23"))
    row = hall.row("sup.report", "p1")
    assert (row["text"], row["answer"]) == ("群众李某（***）晕倒", "已回访***")


def test_very_many_that_are_long_over_leave_a_few_at_a_time_and_all_of_them_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an upgrade of an old hall nobody waits for the writer; several of one moment go together."""
    monkeypatch.setattr(leaving, "AT_ONCE", 2)
    hall = small_hall(**{"dev.shown_days": 30})
    hall.send(ACTORS["lin"], "patrol.start", "r1", RoundStart("2026-11-23T09", "hourly", at("9:00")), received=at("9:00"))
    for n, minute in enumerate((1, 2, 3, 3, 3, 4)):
        seen = Observe("r1", "w1", "idle", at(f"9:0{minute}"), KNEW)
        hall.send(ACTORS["lin"], "patrol.observe", f"o{n}", seen, received=at("9:05"))
    left = []
    for _ in range(6):
        hall.tick(at("0:01", "2026-12-24"))
        left.append(sum(hall.row("obs", f"o{n}") is not None for n in range(6)))
    assert left[0] > 3
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
