"""Findings and ledgers follow from facts: whenever a fact changed, only the post-days and person-days it bears on are made anew."""

from collections.abc import Iterable

from server.domain.base import Touched, Tx
from server.domain.hall.blobs import Attached, attached, show_in
from server.domain.hall.here import hall_of, unit_then
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, add_days, day_of, next_working_day, rule
from server.domain.hall.tables import PostRecord
from server.domain.hall.terms import due_by
from server.domain.trail.books import Books
from server.domain.trail.coded import show_coded
from server.domain.trail.episodes import Found
from server.domain.trail.gather import day_at, due_day, notices_of, params_of, post_facts
from server.domain.trail.judge import is_empty
from server.domain.trail.ledger import Day, Named, Numbers, person_numbers, post_numbers
from server.domain.trail.rules import reconcile
from server.domain.trail.tables import FindingAnswerRecord, FindingRecord, PublishedRecord
from server.domain.trail.views import Until, finding_faces
from sync.units import DAY_MS

OPEN_DAYS = 40
"""A change whose span nobody knows may bear on so many days back; what is older is given with its span."""
REVIEW_DAYS_MAX = 400
"""No change bears on more days back than this: a phone that claims a time decades ago must not keep everybody else waiting."""
PostDay = tuple[str, str]
"""A post and a day (ISO)."""


def review_until(hall: Hall, told_at: int) -> int:
    """Until when (ms) a review of a finding may be asked for: `evd.review_days` from being told (EVD-12)."""
    return due_by(hall, "evd.review_days", told_at).at if told_at else FOREVER


def review(tx: Tx, touched: frozenset[Touched]) -> None:
    """Make anew what the changed facts bear on: findings of posts first, then the numbers of the people in them."""
    if not tx.ask("founded"):
        return
    Review(tx).run(touched)


class Review:
    """One review: every post-day and person-day once."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.hall = hall_of(tx)
        self.books = Books(tx)
        self._people: set[PostDay] = set()

    def run(self, touched: Iterable[Touched]) -> None:
        """Everything the touched spans bear on."""
        posts: set[PostDay] = set()
        for one in touched:
            if one.post:
                posts |= {(one.post, day) for day in self._days(one)}
            elif one.person:
                days = self._days(one)
                self._people |= {(one.person, day) for day in days}
                posts |= {(post, day) for day in days for post in self._posts_of(one.person, day)}
        self._all(posts)

    def whole_day(self, day: str, posts: Iterable[str], people: Iterable[str]) -> None:
        """Everything about one day, whether or not anything changed."""
        self._people |= {(uid, day) for uid in people}
        self._all({(post, day) for post in posts})

    def _all(self, posts: set[PostDay]) -> None:
        for post, day in sorted(posts):
            self.post_day(post, day)
        for uid, day in sorted(self._people):
            self.person_day(uid, day)
        self.books.flush()

    def _days(self, one: Touched) -> list[str]:
        """The days of a span, none of which is to come; of an unknown span those on which anybody saw the post empty, and today."""
        today = day_of(self.tx.now, self.hall.tz)
        if not one.to_at:
            since = add_days(today, -OPEN_DAYS)
            return sorted({today, *self.tx.ask("empty_days", post=one.post, from_day=since, to_day=today)})
        day = max(day_of(one.from_at, self.hall.tz), add_days(today, -REVIEW_DAYS_MAX))
        last = min(day_of(min(max(one.from_at, one.to_at - 1), self.tx.now + DAY_MS), self.hall.tz), today)
        days = []
        while day <= last:
            days.append(day)
            day = add_days(day, 1)
        return days

    def _posts_of(self, uid: str, day: str) -> list[str]:
        """Posts the person holds or is named for that day: what is known of a person may change their findings."""
        found: list[str] = self.tx.ask("posts_of", uid=uid, day=day)
        named = self.tx.find(FindingRecord, "person = ? AND day = ? AND state <> ''", [uid, day])
        named += self.tx.find(FindingRecord, "cover = ? AND day = ? AND state <> ''", [uid, day])
        return sorted({*found, *(f.post for f in named)})

    # --- a post ------------------------------------------------------------------------------------------------------

    def post_day(self, post_id: str, day: str) -> None:
        """Findings and numbers of one post and day: show what is, take back what is no more."""
        post: PostRecord | None = self.tx.ask("post", post=post_id)
        if post is None:
            return
        found, numbers, gone = self.judge(post, day)
        known = self.tx.find(FindingRecord, "post = ? AND day = ? AND state <> ''", [post.rid, day])
        stood = {f.rid for f in known if f.state == "unattended"}
        if found or known:
            self._show_all(post, day, found, known)
        if stood - {f.rid for f in found if f.state == "unattended"} and self.tx.knows("told_moved"):
            self.tx.ask("told_moved", day=day)
        self.books.put(Day("post", post.rid, day, post.unit, numbers))
        show_coded(self.tx, self.hall, post, day)
        if gone and self.tx.knows("facts_moved"):
            self.tx.ask("facts_moved", facts=gone)

    def judge(self, post: PostRecord, day: str) -> tuple[list[Found], Numbers, list[str]]:
        """What the facts of the post-day come to, and the sightings that were taken back: whether others of the same absence stand may have
        changed (CON-44). Nothing is written.
        """
        params = params_of(self.hall, day)
        facts = post_facts(self.tx, self.hall, post, day)
        found = reconcile(facts, params)
        numbers = post_numbers(facts, found, due_day(self.tx, self.hall, day, post), params)
        return found, numbers, [s.id for s in facts.sightings if s.withdrawn and is_empty(s)]

    def _show_all(self, post: PostRecord, day: str, found: list[Found], known: list[FindingRecord]) -> None:
        said = self.tx.find(FindingAnswerRecord, "post = ? AND day = ?", [post.rid, day], "at, rid")
        before = {f.rid: f for f in known}
        for one in found:
            self._show(post, day, one, before.get(one.rid), [a for a in said if a.finding in one.observations])
        for rid in sorted(before.keys() - {f.rid for f in found}):
            self._take_back(before[rid])
        self._people |= {(f.person, day) for f in known if f.person} | {(f.cover, day) for f in known if f.cover}

    def _show(self, post: PostRecord, day: str, found: Found, was: FindingRecord | None, answers: list[FindingAnswerRecord]) -> None:
        record = finding_record(found, post, day)
        record.told_at = self._told_at(found, was)
        self._doubt(found, record, was)
        record.until = self._answer_until(record.told_at, day)
        if was and was.told_at == record.told_at:
            record.was_until = was.until if was.until not in ("", record.until) else was.was_until
        if record.told_at:
            self._publish(found)
        if record != was:
            self.tx.put(record)
        until = record.until
        decide_until = day_of(record.decide_at, self.hall.tz) if record.decide_at < FOREVER else ""
        review_day = day_of(review_until(self.hall, record.told_at), self.hall.tz) if record.told_at else ""
        for face in finding_faces(found, record, answers, Until(until, decide_until, review_day), self._photos(found)):
            self.tx.project(face)
        self._people |= {(uid, day) for uid in (found.person, found.cover) if uid}

    def _told_at(self, found: Found, was: FindingRecord | None) -> int:
        """Since when the person and the unit can see it (EVD-12); anew once it turns against the person, or against somebody else."""
        if found.state == "glance":
            return 0
        if was is None or not was.told_at or _turns(found.person_count, found.person, was.person_count, was.person):
            return self.tx.now
        return self.tx.now if _turns(found.cover_count, found.cover, was.cover_count, was.cover) else was.told_at

    def _doubt(self, found: Found, record: FindingRecord, was: FindingRecord | None) -> None:
        """When a doubt lapses in favour of the person (CON-02): the term runs from when it arose, however old the finding is."""
        if not found.doubt:
            return
        goes_on = was is not None and was.doubt and was.told_at == record.told_at
        record.doubt_at = was.doubt_at if was and goes_on else self.tx.now
        record.decide_at = due_by(self.hall, "evd.pending_days", record.doubt_at).at

    def _answer_until(self, told_at: int, day: str) -> str:
        """The last day to answer: three working days from being told, not from the fact (EVD-12)."""
        if not told_at:
            return next_working_day(self.hall, day, rule(self.hall, "evd.answer_days", day))
        return due_by(self.hall, "evd.answer_days", told_at).day

    def _publish(self, found: Found) -> None:
        for rid in found.observations:
            if self.tx.get(PublishedRecord, rid) is None:
                self.tx.put(PublishedRecord(rid=rid, at=self.tx.now))

    def _photos(self, found: Found) -> list[Attached]:
        """What was photographed in an episode; the finding shows it too, to the office as well."""
        shown: dict[str, Attached] = {}
        for rid in found.observations:
            by, blobs = self.tx.ask("photos_of", observation=rid)
            if blobs:
                show_in(self.tx, found.rid, by, blobs)
                shown |= {one.sha256: one for one in attached(self.tx, by, blobs)}
        return list(shown.values())

    def _take_back(self, record: FindingRecord) -> None:
        """The facts no longer make this finding: its rows go; the observations stay."""
        record.state, record.post_count, record.person_count, record.cover_count = "", 0, 0, 0
        record.doubt, record.decide_at = False, FOREVER
        self.tx.put(record)
        self.tx.retract("finding", record.rid)
        self.tx.retract("finding.own", record.rid)

    # --- a person ----------------------------------------------------------------------------------------------------

    def person_day(self, uid: str, day: str) -> None:
        """Numbers of one person and day."""
        self.books.put(Day("person", uid, day, unit_then(self.tx, uid, day), self.person_numbers(uid, day)))

    def person_numbers(self, uid: str, day: str) -> Numbers:
        """What the facts of the person-day come to; nothing is written."""
        span = day_at(self.hall, day)
        named = self.tx.find(FindingRecord, "person = ? AND day = ? AND state <> ''", [uid, day])
        covered = self.tx.find(FindingRecord, "cover = ? AND day = ? AND state <> '' AND person <> ?", [uid, day, uid])
        found = [Named(f.person, f.cover, f.state, f.person_count, f.cover_count) for f in (*named, *covered)]
        return person_numbers(notices_of(self.tx, uid, span), found, uid, span, params_of(self.hall, day))


def _turns(count: int, whom: str, count_before: int, whom_before: str) -> bool:
    """True when a count has come upon somebody, or the finding now names somebody else."""
    return count > count_before or (whom != whom_before and whom != "")


def finding_record(found: Found, post: PostRecord, day: str) -> FindingRecord:
    """A finding as it is kept."""
    return FindingRecord(
        rid=found.rid,
        post=post.rid,
        day=day,
        unit=post.unit,
        person=found.person,
        observations=list(found.observations),
        state=found.state,
        from_at=found.from_at,
        to_at=found.to_at,
        post_count=found.post_count,
        person_count=found.person_count,
        grade=found.grade,
        explain=found.explain,
        notice=found.notice,
        cover=found.cover,
        cover_count=found.cover_count,
        doubt=found.doubt,
        asked=list(found.asked),
    )
