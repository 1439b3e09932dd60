"""What is said in the hall of the golden corpus: patrol, absence and cover, handover, incidents, mystery visits, held ops."""

from collections.abc import Iterator

import msgspec

from server.domain.hall.ops import HeldAccept, HeldReject
from server.domain.handover import ops as handover
from server.domain.incident import ops as incident
from server.domain.norms.rules import items_of, shipped_checklists
from server.domain.patrol import ops as patrol
from server.domain.presence import ops as presence
from server.domain.trail import ops as trail
from server.domain.visit import ops as visit
from server.golden.stage import Act, Ids, Stage
from sync.units import HOUR_MS, MINUTE_MS


def scenes(stage: Stage, post: str, mission: str) -> Iterator[list[Act]]:
    """A morning at the windows, and the ways an op may end other than well. One push for each list."""
    new = Ids("records")
    round_id, seen, notice, cover, late, crowd, first, second = (new(stage.clock.at) for _ in range(8))
    yield from round_scenes(stage, post, round_id, seen)
    yield from notice_scenes(stage, post, notice, cover)
    yield from late_scenes(stage, post, late, new)
    yield from crowd_scenes(stage, post, crowd, new)
    yield from incident_scenes(stage, post, crowd)
    yield from cover_scenes(stage, post)
    yield from visit_scenes(stage, mission, first, second)
    yield from held_scenes(stage, post)


def round_scenes(stage: Stage, post: str, round_id: str, seen: str) -> Iterator[list[Act]]:
    """A window seen empty, which is answered and withdrawn."""
    now = stage.clock
    knew = patrol.Knew(1, [], now.at)
    yield [
        Act("inspector", "patrol.start", patrol.RoundStart("2026-03-18T10", "hourly", now.at), round_id),
        Act("inspector", "patrol.observe", patrol.Observe(round_id, post, "empty_no_notice", now.at, knew, codes=["P4"]), seen),
        Act("inspector", "patrol.zone_clear", patrol.ZoneClear("A", ["A02"], now.at, knew), round_id),
    ]
    yield [Act("staff", "finding.answer", trail.FindingAnswer("to fetch paper, back in two minutes"), seen)]
    yield [
        Act("inspector", "patrol.withdraw", patrol.Withdraw("the wrong window"), seen),
        Act("inspector", "patrol.finish", patrol.RoundFinish(now.at), round_id),
    ]


def notice_scenes(stage: Stage, post: str, notice: str, cover: str) -> Iterator[list[Act]]:
    """Away with a stand-in, longer than said, and back."""
    now, uid = stage.clock, stage.uids
    leave = presence.Announce(
        [post],
        "trip",
        now.at,
        now.at + 30 * MINUTE_MS,
        uid["staff"],
        stand_in=uid["standin"],
        destination="city office",
        text="to hand in papers",
    )
    yield [Act("staff", "away.announce", leave, notice)]
    yield [
        Act("standin", "away.answer", presence.Answer(True), notice),
        Act("standin", "cover.step_up", presence.StepUp(post, now.at, notice), cover),
    ]
    yield [Act("staff", "away.extend", presence.Extend(now.at + 50 * MINUTE_MS, "traffic"), notice)]
    yield [Act("standin", "cover.hand_back", presence.HandBack(now.at, "handed back"), cover)]
    yield [Act("staff", "away.return", presence.Return(now.at), notice)]


def late_scenes(stage: Stage, post: str, late: str, new: Ids) -> Iterator[list[Act]]:
    """Notices that are put off, made too late, and closed by HEAD."""
    now, uid = stage.clock, stage.uids
    planned, open_one = new(now.at), new(now.at)
    yield [
        Act("staff", "away.announce", presence.Announce([post], "meeting", now.at + HOUR_MS, now.at + 7_200_000, uid["staff"]), planned),
        Act("staff", "away.cancel", presence.Cancel("put off"), planned),
        Act("staff", "away.announce", presence.Announce([post], "errand", now.at - 600_000, now.at + 300_000, uid["staff"]), late),
        Act("staff", "away.announce", presence.Announce([post], "step_away", now.at, now.at + 480_000, uid["staff"]), open_one),
    ]
    yield [
        Act("head", "away.judge_late", presence.JudgeLate(True, "it is so"), late),
        Act("head", "away.close", presence.Close("seen at the post"), open_one),
        Act("head", "away.close", presence.Close("there is none"), new(now.at)),
    ]


def crowd_scenes(stage: Stage, post: str, crowd: str, new: Ids) -> Iterator[list[Act]]:
    """An incident, and what is not one."""
    now = stage.clock
    yield [
        Act("inspector", "incident.report", incident.Report("crowd", post, now.at, 3, 20, "many people queue"), crowd),
        Act("inspector", "incident.tick", incident.Tick("handling", now.at, "one more window"), crowd),
        Act("inspector", "incident.tick", incident.Tick("handling", now.at, "not here yet"), new(now.at)),
        Act("inspector", "incident.report", incident.Report("other", "no such place", now.at, 3)),
    ]


def visit_scenes(stage: Stage, mission: str, first: str, second: str) -> Iterator[list[Act]]:
    """Two sheets of one mission: the one is void, the other published."""
    now = stage.clock
    items = list(items_of(shipped_checklists()["ms-1"]))
    answers = [visit.ItemAnswer(item, "fail" if n < 2 else "full", "a long wait" if n < 2 else "") for n, item in enumerate(items)]
    recorded = visit.RecordVisit(mission, "ms-1", now.at - 40 * MINUTE_MS, now.at - 5 * MINUTE_MS, answers, badge="417", story="a question")
    yield [Act("shopper", "visit.record", recorded, first)]
    yield [Act("shopper2", "visit.record", msgspec.structs.replace(recorded, story="once more"), second)]
    yield [
        Act("checklead", "visit.void", visit.Void("recognised"), second, {second: 1}),
        Act("checklead", "visit.publish", visit.Publish("look at the others, too"), first, {first: 1}),
        Act("checklead", "visit.publish", visit.Publish("published already"), first, {first: 2}),
    ]
    yield [Act("staff", "visit.record", recorded)]


def held_scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """What a disabled device still says is held, and decided."""
    now, lost = stage.clock, stage.devices["lost"]
    reports = [
        Act("lost", "incident.report", incident.Report("other", post, now.at, 3, text=text)) for text in ("a lamp flickers", "said twice")
    ]
    yield reports
    taken, dropped = lost.outbox[-2:]
    yield [
        Act("admin", "held.accept", HeldAccept("looked at"), taken.id),
        Act("admin", "held.reject", HeldReject("the same as another"), dropped.id),
    ]


def cover_scenes(stage: Stage, post: str) -> Iterator[list[Act]]:
    """Stand-ins that change, HEAD's word, and work that changes hands."""
    now, uid = stage.clock, stage.uids
    new = Ids("covers")
    asked, long, sheet, other = (new(now.at) for _ in range(4))
    planned = presence.Announce([post], "meeting", now.at + HOUR_MS, now.at + 7_200_000, uid["staff"], stand_in=uid["standin"])
    away = presence.Announce([post], "step_away", now.at, now.at + 45 * MINUTE_MS, uid["staff"])
    yield [Act("staff", "away.announce", planned, asked), Act("staff", "away.announce", away, long)]
    yield [Act("standin", "away.received", presence.Received(), asked), Act("standin", "away.received", presence.Received(), new(now.at))]
    yield [
        Act("head", "away.assign", presence.Assign(uid["head"], "I stand in"), asked),
        Act("head", "away.consent", presence.GiveConsent(True), long),
        Act("head", "away.consent", presence.GiveConsent(True), new(now.at)),
    ]
    yield [Act("staff", "away.return", presence.Return(now.at), long)]
    items = [handover.HandoverItem("a transfer of insurance", due="2026-03-20"), handover.HandoverItem("papers to be completed")]
    begin = now.at + 20 * HOUR_MS
    made = handover.Prepare(
        post, uid["staff"], uid["standin"], begin, begin + 180 * MINUTE_MS, "training", items, ["the seal"], "the drawer"
    )
    yield [Act("staff", "handover.prepare", made, sheet), Act("staff", "handover.prepare", made, other)]
    yield [
        Act("standin", "handover.received", handover.SheetReceived(), sheet),
        Act("standin", "handover.answer", handover.SheetAnswer(False, "in training, too"), sheet),
    ]
    yield [Act("head", "handover.assign", handover.SheetAssign(uid["standin"], "the training is put off"), sheet)]
    yield [
        Act("standin", "handover.answer", handover.SheetAnswer(True), sheet),
        Act("standin", "handover.item", handover.ItemNote(0, "done", "completed"), sheet),
        Act("standin", "handover.item", handover.ItemNote(9, "done"), sheet),
        Act("standin", "handover.back", handover.Back(now.at, "one is completed"), sheet),
    ]
    yield [
        Act("staff", "handover.close", handover.SheetClose(), sheet),
        Act("staff", "handover.withdraw", handover.SheetWithdraw("put off"), other),
    ]


def incident_scenes(stage: Stage, post: str, first: str) -> Iterator[list[Act]]:
    """What was done about an incident, that another report is the same thing, and what the lobby is told."""
    now, second = stage.clock, Ids("incidents")(stage.clock.at)
    yield [
        Act("inspector", "incident.note", incident.NoteStep("action", now.at, "one more window is open"), first),
        Act("inspector", "incident.note", incident.NoteStep("media", now.at, "they may ask", permitted=True), first),
        Act("inspector", "incident.report", incident.Report("crowd", "A", now.at, 3, 20, "the queue reaches the door"), second),
        Act("inspector", "incident.link", incident.LinkIncident(first), second),
    ]
    yield [
        Act(
            "office", "incident.note", incident.NoteStep("media", now.at, "after the opening hours", "a newspaper", permitted=False), first
        ),
        Act("office", "incident.announce", incident.TellLobby("crowd", "A", [post]), first),
        Act("office", "incident.clear", incident.AllClear(), first),
        Act("office", "incident.clear", incident.AllClear(), first),
        Act("office", "incident.mistake", incident.MarkMistake("the queue was for the lift"), second),
    ]
