"""A record held because its times cannot be meant is entered with the right ones; what was said stays (EVD-05, EMG-10)."""

import json
from typing import Any

import msgspec
import pytest

from server.domain.attendance.ops import PunchCorrect
from server.domain.hall.ops import HeldAccept
from server.domain.presence.ops import Announce
from server.gateway.again import entered
from sync.ops import OpBody
from tests.support.cast import Cast

MINUTE, YEAR = 60_000, 365 * 86_400_000


def announce(cast: Cast, back_in_years: int) -> tuple[str, str, int]:
    """王 leaves, on a phone whose clock is years off: the op, the notice, and when it was really."""
    wang = cast["王"].pull()
    now = wang.replica.time.now()
    post = sorted(wang.replica.bodies("post"))[0]
    said = now - back_in_years * YEAR
    op = wang.save("away.announce", Announce([post], "step_away", said, said + 30 * MINUTE, wang.uid))
    wang.push()
    assert (op.result and (op.result.st, op.result.code)) == ("held", "TIME_UNLIKELY")
    return op.id, op.rid, now


def test_the_office_enters_it_with_the_times_it_knows_and_the_author_is_told(cast: Cast) -> None:
    """The decision says why; the signed bytes, and what the office was shown, stay as they were."""
    op, rid, now = announce(cast, 20)
    zhou = cast["周"].pull()
    times = {"leaves_at": now, "back_at": now + 30 * MINUTE}
    assert zhou.do("held.accept", HeldAccept("已核实"), op).code == "INVALID", "as it was said it cannot be"
    assert zhou.do("held.accept", HeldAccept("", times), op).code == "INVALID", "without a reason"
    assert zhou.do("held.accept", HeldAccept("看过登记簿", {"leaves_at": now - YEAR}), op).code == "INVALID"
    for wrong in ({"posts": 1}, {"person": "2026-11-23"}, {"elsewhere_at": now}, {"leaves_at": "2026-11-23"}, {"leaves_at": 10**14}):
        assert zhou.do("held.accept", HeldAccept("看过登记簿", wrong), op).code == "INVALID", wrong
    assert zhou.pull().replica.body("op.held", op)
    assert zhou.do("held.accept", HeldAccept("看过登记簿", times), op).st == "applied"
    assert zhou.pull().replica.body("op.held", op) is None
    wang = cast["王"].pull()
    notice = next(row.body for (kind, at), row in wang.replica.rows.items() if at == rid and kind.startswith("away"))
    assert (json.loads(notice)["leaves_at"], json.loads(notice)["back_at"]) == (now, now + 30 * MINUTE)
    kept = next(one for one in wang.replica.outbox if one.id == op)
    assert (kept.state, json.loads(kept.body)["a"]["leaves_at"]) == ("applied", now - 20 * YEAR)
    told = wang.replica.body("op.decided", op)
    assert (told["accepted"], told["text"], told["times"]) == (True, "看过登记簿", times)


def test_times_are_entered_only_where_times_are_what_is_wrong(cast: Cast) -> None:
    """Whoever decides does not change what somebody said for another reason."""
    wang = cast["王"].pull()
    now = wang.replica.time.now()
    op = wang.save("away.announce", Announce([], "errand", now, now + 30 * MINUTE, cast["林"].uid))
    wang.push()
    assert op.result
    assert op.result.code == "NO_RIGHT"
    assert cast["周"].pull().do("held.accept", HeldAccept("改时间", {"leaves_at": now}), op.id).code == "INVALID"


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"day": "2026-11-23"}, {"day": "2026-11-23", "claim_at": 5}),
        ({"claim_at": 7}, {"day": "2016-11-23", "claim_at": 7}),
        ({"day": 5}, None),
        ({"day": "yesterday"}, None),
        ({"session": "2026-11-23"}, None),
        ({"claim_at": True}, None),
    ],
)
def test_a_day_takes_the_place_of_a_day_and_a_moment_of_a_moment(times: dict[str, Any], expected: dict[str, Any] | None) -> None:
    said = PunchCorrect("2016-11-23", 0, "forgot", 5, "忘了")
    head = {"v": 1, "site": "s", "dev": "d", "seq": 1, "prev": "", "id": "i", "t": "e", "k": "att.correct", "sv": 1, "rid": "r"}
    clk = {"w": 0, "o": "L", "m": 0, "tz": ""}
    body = msgspec.json.decode(msgspec.json.encode({**head, "a": said, "clk": clk}), type=OpBody)
    made = entered(body, times)
    assert (made and {name: json.loads(bytes(made.a))[name] for name in ("day", "claim_at")}) == expected
