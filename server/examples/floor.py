"""Rounds through the hall, what a camera showed, and rounds nobody knows of beforehand."""

from datetime import date

from server.domain.hall.rules import add_days, local, posted_sessions
from server.domain.irregular.handlers import tick as draw_rounds
from server.domain.irregular.ops import CommitRounds
from server.domain.irregular.tables import IrregularRecord
from server.domain.patrol import ops
from server.domain.patrol.slots import tick as note_hours
from server.domain.patrol.tables import ZoneCodesRecord
from server.domain.trail.ops import FindingAnswer
from server.examples.scene import Scene
from sync.units import HOUR_MS, MINUTE_MS

LOOK_AGAIN_MS = 11 * MINUTE_MS


def play(s: Scene) -> None:
    """The rounds since last week, with what was found; what a camera saw."""
    if not s.has("inspector"):
        return
    s.say(s.at(12, "09:00"), "office", "patrol.codes", "zones", ops.PutCodes(s.secret(32)))
    _Rounds(s).walk()
    if s.has("efficiency"):
        _camera(s)


class _Rounds:
    def __init__(self, s: Scene) -> None:
        self.s = s
        self.inspectors = [uid for uid, p in sorted(s.people.items()) if "INS" in p.roles]
        self.zones: dict[str, list[str]] = {}
        for post in s.posts:
            self.zones.setdefault(post.zone, []).append(post.rid)

    def walk(self) -> None:
        """Every hour since the Monday of last week, those of today through the whole hall; the last but one before today finds something.

        What of it was due is noted each evening.
        """
        s = self.s
        begin = add_days(s.days[0], -date.fromisoformat(s.days[0]).weekday() - 7)
        for back, day in reversed([(n, day) for n, day in enumerate(s.days) if day >= begin]):
            hours = self._hours(back)
            zones = dict([*self.zones.items()][0 if back == 0 else -1 :])
            for n, at in enumerate(hours):
                who = self.inspectors[(back + n) % len(self.inspectors)]
                if back <= 1 or s.rng.random() < 0.95:
                    self._round(at, who, zones, finds=back == 1 and n == len(hours) - 2, reminds=back == 0 and n == 0)
            if day < s.today:
                s.let(s.at(back, "20:00"), note_hours)

    def _hours(self, back: int) -> list[int]:
        """When the hours' rounds of a day began; the ones that are over."""
        found = []
        for start, end in posted_sessions(self.s.hall, self.s.days[back]):
            hour = start + (-start) % HOUR_MS
            while hour + 40 * MINUTE_MS <= min(end, self.s.now):
                found.append(hour + self.s.rng.randrange(2, 7) * MINUTE_MS)
                hour += HOUR_MS
        return found

    def _knew(self, at: int) -> ops.Knew:
        return ops.Knew(self.s.hall.roster_version, [], at - 5 * MINUTE_MS)

    def _round(self, at: int, who: str, zones: dict[str, list[str]], *, finds: bool, reminds: bool) -> None:
        s = self.s
        slot = local(at, s.hall.tz).strftime("%Y-%m-%dT%H")
        rid = s.new(at, who, "patrol.start", ops.RoundStart(slot, "hourly", at))
        seen = self._find(at, who, rid) if finds else self._remind(at, who, rid) if reminds else {}
        codes = s.tx.find(ZoneCodesRecord)[0].codes
        for zone, posts in zones.items():
            at += 3 * MINUTE_MS
            others = [post for post in posts if post not in seen]
            s.say(at, who, "patrol.zone_clear", rid, ops.ZoneClear(zone, others, at, self._knew(at)))
            if zone in codes and s.rng.random() < 0.8:
                s.say(at - MINUTE_MS, who, "patrol.point", rid, ops.ScanPoint(codes[zone], at - MINUTE_MS))
        s.say(at + 2 * MINUTE_MS, who, "patrol.finish", rid, ops.RoundFinish(at + 2 * MINUTE_MS))

    def _find(self, at: int, who: str, rid: str) -> set[str]:
        """One empty post that is served again ten minutes later, and one that is not: its A says why (EVD-08, EVD-12)."""
        s = self.s
        mine = next(p.rid for p in s.posts if s.duty(p.rid, s.days[1])[0] == s.who("staff"))
        other = next(p.rid for p in reversed(s.posts) if p.rid != mine and s.duty(p.rid, s.days[1])[0])
        looks: tuple[tuple[str, ops.Seen], ...] = ((other, "serving"), (mine, "empty_no_notice"))
        for post, again in looks:
            first = s.new(at, who, "patrol.observe", ops.Observe(rid, post, "empty_no_notice", at, self._knew(at), codes=["P4"]))
            look = ops.Observe(rid, post, again, at + LOOK_AGAIN_MS, self._knew(at), recheck_of=first)
            s.new(at + LOOK_AGAIN_MS, who, "patrol.observe", look)
            if post == mine:
                s.settle()
                s.say(at + HOUR_MS, "staff", "finding.answer", first, FindingAnswer(s.words["finding_answer"]))
        return {mine, other}

    def _remind(self, at: int, who: str, rid: str) -> set[str]:
        """Somebody at the post, and a friendly word about what is on the desk (PTL-08)."""
        s = self.s
        post = s.post_of(s.others()[0].rid).rid
        said = ops.Observe(rid, post, "serving", at, self._knew(at), codes=["P2"], note=s.words["reminder"], reminded=True)
        s.new(at, who, "patrol.observe", said)
        return {post}


def _camera(s: Scene) -> None:
    """A camera shows two empty windows: the floor looks at one, the other waits (PTL-11)."""
    first, second = (s.post_of(unit.rid).rid for unit in s.others()[5:7])
    at = s.at(0, "10:25")
    seen = s.new(at + MINUTE_MS, "efficiency", "patrol.video", ops.VideoSeen("C-07", at, first, "empty_no_notice", clip=s.words["clip"]))
    look = ops.Observe("", first, "serving", at + 6 * MINUTE_MS, ops.Knew(s.hall.roster_version, [], at), recheck_of=seen)
    s.new(min(at + 6 * MINUTE_MS, s.now), "inspector", "patrol.observe", look)
    at = s.at(0, "15:40")
    s.new(at + MINUTE_MS, "efficiency", "patrol.video", ops.VideoSeen("C-12", at, second, "empty_no_notice", note=s.words["video_note"]))


def irregular(s: Scene) -> None:
    """A week of rounds nobody knows of: drawn, some of them walked, the rest still to come (PTL-05)."""
    if not s.has("efficiency"):
        return
    at = s.at(3, "17:05")
    plan = s.new(at, "efficiency", "irregular.commit", CommitRounds(s.days[2], s.coming_day(3), s.secret(), per_zone=2, percent=60))
    s.minute(at + 3 * MINUTE_MS)
    s.let(at + 4 * MINUTE_MS, draw_rounds)
    drawn = s.tx.get(IrregularRecord, plan)
    for one in drawn.rounds if drawn else ():
        if one.at + 20 * MINUTE_MS < s.now and s.rng.random() < 0.8:
            start = ops.RoundStart(local(one.at, s.hall.tz).strftime("%Y-%m-%dT%H"), "irregular", one.at)
            rid, at = s.new(one.at, one.who, "patrol.start", start), one.at + 4 * MINUTE_MS
            posts = [post.rid for post in s.posts if post.zone == one.zone]
            clear = ops.ZoneClear(one.zone, posts, at, ops.Knew(s.hall.roster_version, [], one.at))
            s.say(at, one.who, "patrol.zone_clear", rid, clear)
            s.say(one.at + 5 * MINUTE_MS, one.who, "patrol.finish", rid, ops.RoundFinish(one.at + 5 * MINUTE_MS))
