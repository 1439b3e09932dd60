"""How devices are doing: the office sees whether one may be disabled, and nothing of what the check team holds (A11; I18)."""

import msgspec
import pytest

from server.domain.incident.ops import Report
from server.store.ledger import Device as Known
from server.store.people import Account, put_account
from server.store.vitals import State, device_faces, is_news, state_of
from sync.messages import Hi, Vital
from tests.server.conftest import Open
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.server import RunningServer

START = 1_773_799_800_000
MINUTE, HOUR = 60_000, 3_600_000
IDLE = State(app="0.1.0", contact_at=START)


@pytest.mark.parametrize(
    ("after", "since_ms", "news"),
    [
        (IDLE, HOUR, False),
        (IDLE._replace(unsent=1), 0, True),
        (IDLE._replace(blobs=2), 0, True),
        (IDLE._replace(app="0.2.0"), 0, True),
        (IDLE._replace(kept=True), 0, True),
        (IDLE._replace(contact_at=START + HOUR), MINUTE - 1, False),
        (IDLE._replace(contact_at=START + HOUR), MINUTE, True),
        (IDLE._replace(free=0), 5, False),
        (IDLE._replace(free=0), MINUTE, True),
    ],
)
def test_a_row_moves_at_once_when_something_begins_or_ends_to_wait_and_seldom_otherwise(after: State, since_ms: int, news: bool) -> None:
    assert is_news(IDLE, after, since_ms) is news
    assert is_news(after, IDLE, since_ms) is news
    assert is_news(IDLE._replace(unsent=3), IDLE._replace(unsent=4), MINUTE - 1) is False


def test_what_a_contact_took_is_no_longer_unsent_and_times_and_space_are_coarse() -> None:
    said = Vital(unsent=3, blobs=0, oldest_at=START, app="0.1.0", free=700 * 1024 * 1024, kept=True)
    assert state_of(said, 3, START + 5) == State(0, 0, None, "0.1.0", 512 * 1024 * 1024, True, START - START % HOUR)
    assert state_of(said, 1, START).unsent == 2
    assert state_of(Vital(unsent=-5, blobs=-1), 0, START)[:2] == (0, 0)


@pytest.mark.parametrize(
    ("roles", "plain", "shown"),
    [
        (("STF",), {"role:OFF", "role:ADM"}, 4),
        (("STF", "TEAM"), {"role:OFF", "role:ADM"}, 0),
        (("CHECK", "HEAD"), {"role:OFF", "role:ADM"}, 0),
        (("TEAM",), {"role:ADM"}, 0),
    ],
)
def test_who_sees_which_face_of_a_device(roles: tuple[str, ...], plain: set[str], shown: int) -> None:
    known = Known(1, "d" * 32, b"", "u", "phone", 9, b"", None, 0, None)
    state, sealed = device_faces(known, ("演甲子", "u01"), frozenset(roles), IDLE._replace(unsent=4, oldest_at=START))
    assert (state.buckets, state.body.unsent) == (plain, shown)  # type: ignore[attr-defined]
    assert (state.body.oldest_at is None) == (shown == 0)  # type: ignore[attr-defined]
    assert sealed.buckets == (frozenset() if shown else {"role:CHECK"})
    assert sealed.body.unsent == 4  # type: ignore[attr-defined]


def tell(device: Device, vital: Vital) -> None:
    """A push that says so."""
    device.replica.push_answered(device.push_once(device.replica.push(vital=vital)))


def body(cast: Cast, name: str, device: Device, kind: str = "device.state") -> dict[str, object] | None:
    rows = cast[name].pull().replica.bodies(kind)
    return rows.get(device.replica.dev)


def test_the_office_and_the_administrator_see_what_a_device_has_not_sent(cast: Cast, server: RunningServer) -> None:
    wang = cast.device("王").pull()
    assert body(cast, "周", wang) is not None
    tell(wang, Vital(unsent=2, oldest_at=START, app="0.1.0", free=10, kept=True))
    flush(server)
    for name in "周管":
        row = body(cast, name, wang)
        assert row is not None
        assert {k: row[k] for k in ("uid", "unsent", "oldest_at", "app", "kept")} == {
            **{"uid": wang.uid, "unsent": 2, "oldest_at": START, "app": "0.1.0", "kept": True}
        }
    assert body(cast, "林", wang) is None
    assert body(cast, "王", wang) is None
    place = sorted(wang.replica.bodies("post"))[0]
    wang.save("incident.report", Report("other", place, wang.replica.time.now(), 3))
    tell(wang, Vital(unsent=1, app="0.1.0", free=10, kept=True))
    flush(server)
    assert "unsent" not in (body(cast, "周", wang) or {}), "the push that said so took it"


def test_a_hello_tells_it_too_and_an_end_is_shown(cast: Cast, server: RunningServer) -> None:
    wang = cast.device("王").pull()
    with wang.socket() as socket:
        hi = msgspec.json.decode(socket.recv(timeout=5), type=Hi)
        hello = msgspec.structs.replace(wang.replica.hello(hi), vital=Vital(blobs=3, app="0.1.0"))
        socket.send(msgspec.json.encode(hello), text=True)
        socket.recv(timeout=5)
    flush(server)
    assert (body(cast, "周", wang) or {})["blobs"] == 3
    cast["管"].http.delete(f"/s/{wang.site}/devices/{wang.replica.dev}?stolen=1").raise_for_status()
    row = body(cast, "周", wang) or {}
    assert (row["revoked"], row["stolen"]) == (True, True)


def test_what_the_check_team_holds_moves_no_row_of_anybody_else(opened: Open) -> None:
    world = World(START)
    with opened(world) as server:
        cast = Cast(server.base_url, world)
        shopper, lead = cast.device("吴").pull(), cast.device("孙").pull()
        for device in (shopper, lead, cast["周"], cast["管"]):
            tell(device, Vital())
        flush(server)
        before = {name: cast[name].pull().replica.state() for name in "周管"}
        for unsent in (3, 0, 1):
            for device in (shopper, lead):
                tell(device, Vital(unsent=unsent, blobs=unsent, oldest_at=START, app=""))
            world.pass_ms(2 * MINUTE)
            flush(server)
            for name in "周管":
                assert cast[name].pull().replica.state() == before[name], (name, unsent)
        assert (body(cast, "孙", shopper, "device.sealed") or {})["unsent"] == 1
        assert body(cast, "周", shopper) is None, "the office does not learn that there is a visitor"
        assert body(cast, "管", shopper) is not None
        cast.close()


def test_who_joins_the_check_team_takes_the_counts_of_his_devices_with_him(cast: Cast, server: RunningServer) -> None:
    li = cast.device("李").pull()
    tell(li, Vital(unsent=2, app="0.1.0"))
    flush(server)
    assert (body(cast, "周", li) or {})["unsent"] == 2
    place = server.app.desk.place(li.site)

    def join(unit: object) -> None:
        with unit.step() as tx:  # type: ignore[attr-defined]
            row = tx.sql.one("SELECT uid, login, name, password, unit FROM account WHERE uid = ?", (li.uid,))
            put_account(tx, Account(*row, ("STF", "TEAM"), "standin"))

    server.call(lambda: place.store.write(join))
    assert "unsent" not in (body(cast, "周", li) or {})
    assert (body(cast, "孙", li, "device.sealed") or {})["unsent"] == 2


def flush(server: RunningServer) -> None:
    """Everything that was to be noted without anybody waiting for it is noted."""
    place = server.app.desk.place("yunting")

    async def wait() -> None:
        for note in list(place.vitals._notes):
            await note

    server.call(wait)
