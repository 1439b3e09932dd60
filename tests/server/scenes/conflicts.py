"""What people say in scenes, and the finer cases of reconciliation beside the catalogue's own (window.py): what each phone holds, and what
must come out of it, whatever arrives first.

Times are the hall's clock; every op is received at 15:00, long after it happened, unless it says otherwise.
"""

from typing import Any, NamedTuple

from server.domain.incident.ops import Report
from server.domain.patrol.ops import Observe, ZoneClear
from server.domain.presence.ops import Announce, Answer, Cancel, Extend, GiveConsent, JudgeLate, Return, StepUp
from server.domain.trail.ops import FindingDecide
from tests.server.scenes.play import Grade, Said
from tests.server.scenes.small_hall import KNEW, at


class Ledger(NamedTuple):
    """What a finding says: state, the two counts, and the sentence."""

    state: str
    post_count: int
    person_count: int
    key: str


class Scene(NamedTuple):
    """A conflict: its facts, decisions taken after all have arrived, and the findings by their first sighting."""

    id: str
    facts: tuple[Said, ...]
    findings: dict[str, Ledger]
    decisions: tuple[Said, ...] = ()
    rules: dict[str, int] = {}  # noqa: RUF012


def empty(rid: str, clock: str, who: str = "lin", *, grade: Grade = "A", **more: Any) -> Said:
    """An inspector sees w1 empty, without a notice standing there."""
    return look(rid, clock, "empty_no_notice", who, grade=grade, **more)


def look(rid: str, clock: str, seen: Any, who: str = "lin", *, grade: Grade = "A", post: str = "w1", **more: Any) -> Said:
    """An inspector looks at w1, or at another post."""
    return Said(who, clock, "patrol.observe", rid, Observe("r1", post, seen, at(clock), KNEW, **more), grade)


def all_present(clock: str, who: str = "lin") -> Said:
    """An inspector closes zone A in one tap."""
    return Said(who, clock, "patrol.zone_clear", "r1", ZoneClear("A", ["w1", "w2"], at(clock), KNEW))


def notice(clock: str, leaves: str, back: str, *, grade: Grade = "A", stand_in: str | None = None, reason: Any = "step_away") -> Said:
    """王 leaves w1."""
    return Said("wang", clock, "away.announce", "n1", Announce(["w1"], reason, at(leaves), at(back), "wang", stand_in=stand_in), grade)


def back(clock: str, *, claims: str = "", grade: Grade = "A") -> Said:
    """王 is back."""
    return Said("wang", clock, "away.return", "n1", Return(at(claims or clock)), grade)


def extend(clock: str, until: str, grade: Grade = "A") -> Said:
    """王 will be longer."""
    return Said("wang", clock, "away.extend", "n1", Extend(at(until)), grade)


def accepts(clock: str) -> Said:
    """李 says yes."""
    return Said("li", clock, "away.answer", "n1", Answer(accept=True))


def steps_up(clock: str, *, claims: str = "", grade: Grade = "A") -> Said:
    """李 takes the post on his own."""
    return Said("li", clock, "cover.step_up", "k1", StepUp("w1", at(claims or clock)), grade)


def judges(accept: bool) -> Said:
    """赵 judges the late notice."""
    return Said("zhao", "11:05", "away.judge_late", "n1", JudgeLate(accept, "急事"))


def consents(accept: bool) -> Said:
    """赵 says whether 王 may be away so long."""
    return Said("zhao", "9:55", "away.consent", "n1", GiveConsent(accept, "窗口忙"))


NOTICE_CLEARS = Ledger("explained", 1, 0, "explain.notice_before")
SEEN_TWICE = Ledger("unattended", 1, 1, "explain.unattended")
GLANCE = Ledger("glance", 0, 0, "explain.glance")

SCENES = (
    Scene(
        "CON-03 notice made at 10:05 claims 9:55",
        (empty("o1", "10:02"), notice("10:05", "9:55", "10:15")),
        {"o1": Ledger("late_notice", 1, 0, "explain.late_waiting")},
    ),
    Scene(
        "CON-03 a notice tapped on leaving is not late, though the inspector looked in between",
        (empty("o1", "10:02"), notice("10:02:30", "10:01", "10:15")),
        {"o1": NOTICE_CLEARS},
    ),
    Scene(
        "EVD-05 a notice made after the look and about a later departure explains nothing before it",
        (empty("o1", "10:02"), notice("10:03", "10:03", "10:15")),
        {"o1": GLANCE},
    ),
    Scene(
        "AWY-05 a long step-away without HEAD's word clears nobody, and nobody is counted for it",
        (notice("9:50", "9:50", "11:50"), empty("o1", "10:02"), empty("o2", "10:13")),
        {"o1": Ledger("pending", 1, 0, "explain.unagreed")},
    ),
    Scene(
        "AWY-05 nor with a refusal nobody can say it was known",
        (notice("9:50", "9:50", "11:50"), empty("o1", "10:02"), empty("o2", "10:13")),
        {"o1": Ledger("pending", 1, 0, "explain.unagreed")},
        (consents(False),),
    ),
    Scene(
        "AWY-05 HEAD's word clears, late as it is",
        (notice("9:50", "9:50", "11:50"), empty("o1", "10:02"), empty("o2", "10:13")),
        {"o1": NOTICE_CLEARS},
        (consents(True),),
    ),
    Scene(
        "AWY-05 a step-away made long afterwards had needed nobody's word before",
        (notice("9:50", "9:50", "10:15"), empty("o1", "10:02"), extend("10:10", "11:00")),
        {"o1": NOTICE_CLEARS},
    ),
    Scene(
        "AWY-12 in an emergency leaving does not clear without HEAD's word, whether it is over or not",
        (
            Said("lin", "9:40", "incident.report", "i1", Report("fire", "w3", at("9:40"), 1)),
            notice("9:58", "9:58", "10:15"),
            empty("o1", "10:02"),
            back("10:20"),
        ),
        {"o1": Ledger("pending", 1, 0, "explain.unagreed")},
    ),
    Scene("CON-04 within grace nothing is overdue", (notice("9:30", "9:30", "10:00"), empty("o1", "10:10")), {"o1": NOTICE_CLEARS}),
    Scene(
        "CON-04 an extension said after the sighting comes too late",
        (notice("9:30", "9:30", "10:00"), extend("10:25", "10:30"), empty("o1", "10:20")),
        {"o1": Ledger("unattended", 1, 1, "explain.overdue")},
    ),
    Scene(
        "CON-04 an extension with an untrusted clock neither clears nor accuses",
        (notice("9:30", "9:30", "10:00"), extend("10:01", "10:30", "C"), empty("o1", "10:20")),
        {"o1": Ledger("pending", 1, 0, "explain.notice_clock")},
    ),
    Scene(
        "CON-07 empty at 10:02, present at 10:03",
        (empty("o1", "10:02"), look("o2", "10:03", "serving", "chen")),
        {"o1": Ledger("contradictory", 0, 0, "explain.contradictory")},
    ),
    Scene(
        "CON-07 one inspector who sees somebody a minute later contradicts nobody",
        (empty("o1", "10:02"), look("o2", "10:03", "serving")),
        {"o1": Ledger("glance", 0, 0, "explain.returned")},
    ),
    Scene(
        "CON-01 seen a minute before the announced departure",
        (notice("9:50", "10:03", "10:15"), empty("o1", "10:02")),
        {"o1": NOTICE_CLEARS},
    ),
    Scene(
        "CON-01 seen three minutes before it",
        (notice("9:50", "10:05", "10:15"), empty("o1", "10:02")),
        {"o1": GLANCE},
    ),
    Scene(
        "EVD-02 a notice made after leaving but before the sighting protects",
        (empty("o1", "10:02"), notice("9:58", "9:50", "10:15")),
        {"o1": NOTICE_CLEARS},
    ),
    Scene(
        "EVD-04 the notice was cancelled: nothing explains the glance",
        (empty("o1", "10:02"), notice("9:40", "9:58", "10:15"), Said("wang", "9:45", "away.cancel", "n1", Cancel())),
        {"o1": GLANCE},
    ),
    Scene(
        "EVD-07 present in between makes two episodes",
        (empty("o1", "10:02"), empty("o2", "10:13"), all_present("10:20"), empty("o3", "10:30"), empty("o4", "10:42")),
        {"o1": SEEN_TWICE, "o3": SEEN_TWICE},
    ),
    Scene(
        "EVD-07 the person's own return ends an episode",
        (notice("9:58", "9:58", "10:25"), empty("o1", "10:02"), back("10:10"), empty("o2", "10:20")),
        {"o1": NOTICE_CLEARS, "o2": GLANCE},
    ),
    Scene(
        "EVD-07 a return claimed afterwards proves nothing between two sightings",
        (notice("9:00", "9:00", "9:30"), empty("o1", "10:02"), empty("o2", "10:14"), back("10:30", claims="9:25")),
        {"o1": SEEN_TWICE},
    ),
    Scene("EVD-08 a single glance counts for nobody", (empty("o1", "10:02"),), {"o1": GLANCE}),
    Scene("EVD-08 nine minutes are not ten", (empty("o1", "10:02"), empty("o2", "10:11", recheck_of="o1")), {"o1": GLANCE}),
    Scene("EVD-08 ten are", (empty("o1", "10:02"), empty("o2", "10:12", recheck_of="o1")), {"o1": SEEN_TWICE}),
    Scene(
        "EVD-08 by the hall's own rule", (empty("o1", "10:02"), empty("o2", "10:12")), {"o1": GLANCE}, rules={"evd.vacancy_min_minutes": 15}
    ),
    Scene(
        "AWY-05 what needs no notice is no vacancy (awy.short_min)",
        (empty("o1", "10:02"), empty("o2", "10:12")),
        {"o1": GLANCE},
        rules={"awy.short_min": 15},
    ),
    Scene(
        "EVD-08 a signed statement of waiting", (empty("o1", "10:12", waited=True),), {"o1": Ledger("unattended", 1, 1, "explain.waited")}
    ),
    Scene("EVD-08 a glance at a standing notice counts for nobody either", (look("o1", "10:02", "empty_notice"),), {"o1": GLANCE}),
    Scene(
        "EVD-07 the noon closing ends an episode, and nobody answers for the break",
        (empty("o1", "11:55"), empty("o2", "14:35")),
        {"o1": GLANCE, "o2": GLANCE},
    ),
    Scene(
        "EVD-08 somebody was there at the second look",
        (empty("o1", "10:02"), look("o2", "10:12", "serving", recheck_of="o1")),
        {"o1": Ledger("glance", 0, 0, "explain.returned")},
    ),
    Scene(
        "EVD-03 the inspector's clock cannot be trusted",
        (empty("o1", "10:02", grade="C"), empty("o2", "10:13", grade="C")),
        {"o1": Ledger("pending", 1, 0, "explain.sighting_clock")},
    ),
    Scene(
        "EVD-03 a sighting of somebody with an untrusted clock does not clear, and nobody is counted against it",
        (empty("o1", "10:02"), look("o2", "10:07", "serving", "chen", grade="C"), empty("o3", "10:13")),
        {"o1": Ledger("pending", 1, 0, "explain.present_clock")},
    ),
    Scene(
        "EVD-03 nor one that would have changed nothing",
        (empty("o1", "10:02"), empty("o2", "10:13"), look("o3", "10:40", "serving", "chen", grade="C")),
        {"o1": SEEN_TWICE},
    ),
    Scene(
        "EVD-03 a step-up with an untrusted clock waits for the office",
        (steps_up("9:58", grade="C"), empty("o1", "10:02"), empty("o2", "10:13")),
        {"o1": Ledger("pending", 1, 0, "explain.cover_clock")},
    ),
    Scene(
        "EVD-03 a return with an untrusted clock waits for the office",
        (notice("9:30", "9:30", "10:00"), back("10:02", grade="C"), empty("o1", "10:20")),
        {"o1": Ledger("pending", 1, 0, "explain.return_clock")},
    ),
    Scene(
        "EVD-03 the office counts it after all",
        (steps_up("9:58", grade="C"), empty("o1", "10:02"), empty("o2", "10:13")),
        {"o1": Ledger("unattended", 1, 1, "explain.ruled_against")},
        (Said("zhou", "11:05", "finding.decide", "o1", FindingDecide(True, "李当时在三楼开会")),),
    ),
    Scene(
        "EVD-08 seen there in between: one glance afterwards is not the whole time since leaving",
        (notice("9:30", "9:30", "10:00"), look("o1", "10:05", "serving"), empty("o2", "10:20")),
        {"o2": GLANCE},
    ),
    Scene(
        "AB-02 B steps up on his own before it is a vacancy",
        (empty("o1", "10:02"), steps_up("10:05")),
        {"o1": Ledger("covered", 0, 0, "explain.covered")},
    ),
    Scene(
        "AB-02 a step-up claimed afterwards does not undo two sightings",
        (empty("o1", "10:02"), empty("o2", "10:13"), steps_up("10:40", claims="10:00")),
        {"o1": SEEN_TWICE},
    ),
    Scene(
        "AB-03 B had taken the post and was not there: A is not counted",
        (steps_up("9:50"), empty("o1", "10:02"), empty("o2", "10:13")),
        {"o1": Ledger("explained", 1, 0, "explain.cover_absent")},
    ),
    Scene(
        "in doubt: a notice stands there that no system knows",
        (look("o1", "10:02", "empty_notice"), look("o2", "10:13", "empty_notice")),
        {"o1": Ledger("pending", 1, 0, "explain.plate_seen")},
    ),
)
