"""Steps away, stand-ins, a notice made too late: what today's lists of the hall and of a head hold."""

from server.domain.presence import ops
from server.examples.scene import Scene
from sync.units import MINUTE_MS


def play(s: Scene) -> None:
    """The day so far."""
    _step_away(s)
    _covered(s)
    _late(s)
    _overdue(s)
    _asked(s)
    _silent(s)


def _step_away(s: Scene) -> None:
    post = next(p.rid for p in s.posts if s.duty(p.rid, s.days[0])[0] == s.who("staff"))
    at = s.at(0, "09:22")
    said = ops.Announce([post], "step_away", at, at + 10 * MINUTE_MS, s.who("staff"), text=s.words["errand"])
    rid = s.new(at, "staff", "away.announce", said)
    s.say(at + 8 * MINUTE_MS, "staff", "away.return", rid, ops.Return(at + 8 * MINUTE_MS))


def _covered(s: Scene) -> None:
    """From the notice to the hand-back, all in time."""
    unit = s.others()[0].rid
    post = s.post_of(unit).rid
    a, b = s.duty(post, s.days[0])
    at, back = s.at(0, "09:40"), s.at(0, "10:20")
    if not b or back <= at:
        return
    said = ops.Announce([post], "meeting", at, back, a, destination=s.words["meeting_place"], stand_in=b)
    rid = s.new(at, a, "away.announce", said)
    s.say(at + 20_000, b, "away.received", rid, ops.Received())
    s.say(at + 40_000, b, "away.answer", rid, ops.Answer(True, s.words["will_cover"]))
    cover = s.new(at + MINUTE_MS, b, "cover.step_up", ops.StepUp(post, at + MINUTE_MS, rid))
    s.say(back, b, "cover.hand_back", cover, ops.HandBack(back))
    s.say(back, a, "away.return", rid, ops.Return(back))


def _late(s: Scene) -> None:
    """Said a quarter of an hour after leaving: the head has to judge it (CON-03)."""
    head = s.own.head
    for post in (p for p in s.posts if p.unit == s.own.rid):
        a = s.duty(post.rid, s.days[0])[0]
        if a and a not in (head, s.who("staff"), s.who("standin")):
            left = s.at(0, "09:05")
            said = ops.Announce([post.rid], "errand", left, left + 25 * MINUTE_MS, a, text=s.words["late_errand"])
            rid = s.new(left + 15 * MINUTE_MS, a, "away.announce", said)
            s.say(left + 24 * MINUTE_MS, a, "away.return", rid, ops.Return(left + 24 * MINUTE_MS))
            return


def _asked(s: Scene) -> None:
    """The staff is asked to stand in soon, and has not answered yet."""
    staff = s.who("staff")
    for post in s.posts:
        a, b = s.duty(post.rid, s.today)
        if b == staff and a not in ("", staff):
            begin = s.now + 40 * MINUTE_MS
            said = ops.Announce(
                [post.rid], "meeting", begin, begin + 50 * MINUTE_MS, a, destination=s.words["meeting_place"], stand_in=staff
            )
            s.new(s.now - 3 * MINUTE_MS, a, "away.announce", said)
            return


def _silent(s: Scene) -> None:
    """Gone to a meeting; who was named has the request on the phone and has not answered it (CON-11)."""
    if len(s.others()) < 5:
        return
    post = s.post_of(s.others()[4].rid).rid
    a, b = s.duty(post, s.today)
    at = s.now - 12 * MINUTE_MS
    if a and b:
        said = ops.Announce([post], "meeting", at, at + 50 * MINUTE_MS, a, destination=s.words["meeting_place"], stand_in=b)
        rid = s.new(at - MINUTE_MS, a, "away.announce", said)
        s.say(at, b, "away.received", rid, ops.Received())


def _overdue(s: Scene) -> None:
    """Out on an errand just now, and not back in time."""
    if len(s.others()) < 4:
        return
    post = s.post_of(s.others()[3].rid).rid
    a = s.duty(post, s.today)[0]
    at = s.now - 34 * MINUTE_MS
    if a:
        s.new(at, a, "away.announce", ops.Announce([post], "errand", at, at + 20 * MINUTE_MS, a, text=s.words["errand"]))
