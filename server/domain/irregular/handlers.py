"""What an op about irregular rounds does (PTL-05). Everything stays in the bucket of the efficiency group: nothing counts it elsewhere.

A stranger learns nothing from an answer: NO_RIGHT is all he gets, whether there is a plan or not.
"""

from server.domain.base import APPLIED, Domain, Face, Op, Outcome, Tx, refused, stale
from server.domain.hall.here import hall_of
from server.domain.hall.ops import Hall
from server.domain.hall.rules import FOREVER, day_of, day_start, minutes_ms, rule
from server.domain.hall.tables import PersonRecord, PostRecord
from server.domain.irregular import ops
from server.domain.irregular.ops import CommitRounds, DrawProof, DropRounds, DueRound, Irregular
from server.domain.irregular.rules import CHANCES_MAX, Zone, days_of, due_rounds, inputs_of, moments, next_look
from server.domain.irregular.tables import IrregularRecord
from server.domain.visit.rules import SECRET_BYTES, CannotDraw, check, commitment_of, draw, seed_of

EFF = frozenset({"role:EFF"})


def commit(tx: Tx, op: Op[CommitRounds]) -> Outcome:
    """Lay a period down and be bound to it, before its first day begins."""
    if "EFF" not in op.actor.roles:
        return refused("NO_RIGHT")
    a, hall = op.a, hall_of(tx)
    days = days_of(a.from_day, a.to_day)
    per_zone = rule(hall, "ptl.irregular_per_zone", tx.now) if a.per_zone is None else a.per_zone
    percent = rule(hall, "ptl.irregular_percent", tx.now) if a.percent is None else a.percent
    if not days or tx.get(IrregularRecord, op.rid) or not 1 <= per_zone <= CHANCES_MAX or not _is_secret(a.secret):
        return refused("INVALID")
    if day_start(a.from_day, hall.tz) <= tx.now:
        return refused("PLAN_LATE")
    zones, people = _zones(tx, hall, a.zones), _people(tx, a.inspectors)
    if zones is None or people is None:
        return refused("INVALID")
    step_ms, window_ms = (minutes_ms(hall, key, tx.now) for key in ("ptl.irregular_step_min", "ptl.irregular_window_min"))
    when = moments(hall, days, step_ms, window_ms)
    inputs = inputs_of(zones, {p.rid: _ties(tx, p) for p in people}, when, per_zone, percent)
    try:
        check(inputs)
    except CannotDraw as wrong:
        return refused(wrong.refused_as)
    plan = IrregularRecord(
        rid=op.rid,
        by=op.actor.uid,
        from_day=a.from_day,
        to_day=a.to_day,
        per_zone=per_zone,
        percent=percent,
        committed_at=tx.now,
        inputs=inputs,
        secret=a.secret,
        commitment=commitment_of(inputs, bytes.fromhex(a.secret)),
        look_at=0,
    )
    _save(tx, plan)
    return APPLIED


def _is_secret(text: str) -> bool:
    return len(text) == 2 * SECRET_BYTES and all(digit in "0123456789abcdef" for digit in text)


def _zones(tx: Tx, hall: Hall, asked: list[str]) -> list[Zone] | None:
    """The zones with their posts; None when one does not exist. A zone without posts has nothing to look at."""
    known = [zone.id for zone in hall.zones]
    if len(set(asked)) != len(asked) or not set(asked) <= set(known):
        return None
    posts: list[PostRecord] = tx.ask("posts")
    of = {zone: [post for post in posts if post.zone == zone] for zone in asked or known}
    return [Zone(zone, [p.rid for p in there], frozenset(p.unit for p in there)) for zone, there in of.items() if there]


def _people(tx: Tx, asked: list[str]) -> list[PersonRecord] | None:
    """Who may be drawn; None when somebody named is not of the efficiency group."""
    group = {p.rid: p for p in tx.ask("people") if "EFF" in p.roles and not p.left}
    if len(set(asked)) != len(asked) or not set(asked) <= group.keys():
        return None
    return [group[uid] for uid in asked or sorted(group)]


def _ties(tx: Tx, person: PersonRecord) -> frozenset[str]:
    """The own unit, and those a tie was declared to (PTL-07)."""
    declared = tx.ask("tied_units", uid=person.rid) if tx.knows("tied_units") else frozenset()
    return frozenset({person.unit}) | declared


def drop(tx: Tx, op: Op[DropRounds]) -> Outcome:
    """Give a plan up. What it drew, or would have drawn, is there to be read: nobody draws until it pleases without its being seen."""
    plan = tx.get(IrregularRecord, op.rid)
    if plan is None or "EFF" not in op.actor.roles:
        return refused("NO_RIGHT")
    if old := stale(tx, op, "irregular", plan.rid):
        return old
    if plan.state == "dropped":
        return refused("GONE", tx.version("irregular", plan.rid))
    if not op.a.text.strip():
        return refused("INVALID")
    plan.state, plan.text, plan.look_at = "dropped", op.a.text, FOREVER if plan.entry else 0
    _save(tx, plan)
    return APPLIED


def tick(tx: Tx) -> None:
    """Draw what the log allows to be drawn; see whether rounds that are due were walked."""
    for plan in tx.find(IrregularRecord, "state IN ('committed', 'dropped') AND look_at <= ?", [tx.now]):
        _draw(tx, plan)
    for plan in tx.find(IrregularRecord, "state = 'drawn' AND look_at <= ?", [tx.now]):
        _look(tx, plan)


def _draw(tx: Tx, plan: IrregularRecord) -> None:
    """From scope, secret and the log's first minute after the commitment, which nobody could choose (CHK-04).

    Rounds whose time was over when the draw was known are not due: nobody missed them.
    """
    entry = tx.minute_after(plan.committed_at)
    if entry is None:
        return
    plan.entry = entry.hex()
    plan.drawn = draw(plan.inputs, seed_of(plan.inputs, bytes.fromhex(plan.secret), entry))
    if plan.state == "committed":
        plan.state = "drawn"
        plan.rounds = [one for one in due_rounds(plan.drawn, hall_of(tx).tz) if one.at > tx.now]
    plan.look_at = next_look([] if plan.state == "dropped" else plan.rounds, tx.now)
    _save(tx, plan)


def _look(tx: Tx, plan: IrregularRecord) -> None:
    """Which of the drawn rounds were walked in their time, whenever that reached the server; missed only after the daily close (PTL-06)."""
    hall = hall_of(tx)
    rounds = [_seen(tx, hall, one) if one.state == "due" and one.at <= tx.now else one for one in plan.rounds]
    plan.look_at = next_look(rounds, tx.now)
    changed = rounds != plan.rounds
    plan.rounds = rounds
    if changed:
        _save(tx, plan)
    else:
        tx.put(plan)


def _seen(tx: Tx, hall: Hall, one: DueRound) -> DueRound:
    early = minutes_ms(hall, "ptl.tolerance_min", one.at)
    until = one.at + minutes_ms(hall, "ptl.irregular_window_min", one.at) + early
    walked = tx.ask("irregular_round", zone=one.zone, from_at=one.at - early, to_at=until) if tx.knows("irregular_round") else ""
    if walked:
        return DueRound(one.zone, one.at, one.who, "done", walked)
    closes = tx.ask("settlement", day=day_of(one.at, hall.tz)).daily_at if tx.knows("settlement") else until
    return DueRound(one.zone, one.at, one.who, "missed") if tx.now >= max(closes, until) else one


def _save(tx: Tx, plan: IrregularRecord) -> None:
    tx.put(plan)
    body = Irregular(
        from_day=plan.from_day,
        to_day=plan.to_day,
        by=plan.by,
        state=plan.state,
        per_zone=plan.per_zone,
        percent=plan.percent,
        commitment=plan.commitment,
        committed_at=plan.committed_at,
        rounds=plan.rounds,
        text=plan.text,
    )
    tx.project(Face("irregular", plan.rid, EFF, body))
    if plan.entry:
        proof = DrawProof(plan.inputs, plan.secret, plan.entry, plan.commitment, plan.drawn)
        tx.project(Face("irregular.proof", plan.rid, EFF, proof))


def sealed(_tx: Tx, _rid: str, _args: bytes, _uid: str) -> frozenset[str]:
    """Who hears of an op about irregular rounds that was held: the efficiency group, nobody else (PTL-05)."""
    return EFF


DOMAIN = Domain(
    name="irregular",
    ops=ops.OPS,
    rows=ops.ROWS,
    records=(IrregularRecord,),
    handlers={"irregular.commit": commit, "irregular.drop": drop},
    tick=tick,
    sealed=sealed,
)
