"""How devices are doing: the office sees whether one may be disabled, and of what is sealed nothing, on whosever device (I18)."""

import sqlite3

import msgspec
import pytest
from msgspec.structs import replace

from server.domain.incident.ops import Report
from server.domain.visit.ops import RecordVisit
from server.store.ledger import Device as Known
from server.store.migrate import files, statements
from server.store.people import Account, put_account
from server.store.vitals import State, device_faces, is_news, open_state, whole_state
from sync.messages import Hi
from sync.vital import Vital, Waits
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
    for state_of in (open_state, whole_state):
        assert state_of(said, 3, START + 5) == State(0, 0, None, "0.1.0", 512 * 1024 * 1024, True, START - START % HOUR)
        assert state_of(said, 1, START).unsent == 2
        assert state_of(Vital(unsent=-5, blobs=-1), 0, START)[:2] == (0, 0)


def test_what_is_sealed_is_counted_apart() -> None:
    said = Vital(unsent=2, oldest_at=START + 5, app="0.1.0", sealed=Waits(unsent=3, blobs=4, oldest_at=START))
    assert open_state(said, 2, START)[:3] == (0, 0, None)
    assert open_state(said, 0, START)[:3] == (2, 0, START + 5)
    assert whole_state(said, 2, START)[:3] == (3, 4, START)


@pytest.mark.parametrize(
    ("roles", "hall", "leads"),
    [
        (("STF",), True, False),
        (("STF", "TEAM"), True, True),
        (("CHECK", "HEAD"), True, True),
        (("SUP",), True, True),
        (("TEAM", "SUP"), True, True),
        (("TEAM",), False, True),
        (("BOARD",), True, False),
        ((), True, False),
    ],
)
def test_the_hall_sees_one_face_of_every_device_and_the_leads_the_whole_of_their_teams(
    roles: tuple[str, ...], hall: bool, leads: bool
) -> None:
    """CHK-05, PRV-16, T7: no field of the face tells who is of the check team; of a visitor in no list there is none."""
    known = Known(1, "d" * 32, b"", "u", "phone", 9, b"", None, 0, None)
    one, whole = IDLE._replace(unsent=1, free=5), IDLE._replace(unsent=4, oldest_at=START)
    state, sealed = device_faces(known, ("演甲子", "u01"), frozenset(roles), one, whole)
    (plain, _) = device_faces(known, ("演甲子", "u01"), frozenset({"STF"}), one, whole)
    assert state.body == plain.body
    assert state.buckets == (frozenset({"role:OFF", "role:ADM"}) if hall else frozenset())
    assert sealed.buckets == (frozenset({"role:CHECK"}) if leads else frozenset())
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
        hello = replace(wang.replica.hello(hi), vital=Vital(blobs=3, app="0.1.0"))
        socket.send(msgspec.json.encode(hello), text=True)
        socket.recv(timeout=5)
    flush(server)
    assert (body(cast, "周", wang) or {})["blobs"] == 3
    cast["管"].http.delete(f"/s/{wang.site}/devices/{wang.replica.dev}?stolen=1").raise_for_status()
    row = body(cast, "周", wang) or {}
    assert (row["revoked"], row["stolen"]) == (True, True)


def test_what_is_sealed_on_any_phone_moves_no_row_of_anybody_else(opened: Open) -> None:
    """CHK-05, PRV-16, T7: neither a count, nor an age, nor an hour of contact, nor room; of the team's devices the lead sees all."""
    world = World(START)
    with opened(world) as server:
        cast = Cast(server.base_url, world)
        team = {"吴": cast.device("吴").pull(), "孙": cast.device("孙").pull(), "监": cast.device("监").pull()}
        plain = cast.device("李").pull()
        said = Vital(unsent=1, oldest_at=START, app="0.1.0", free=1 << 30, kept=True, sealed=Waits())
        for device in (*team.values(), plain, cast["周"], cast["管"]):
            tell(device, said)
        flush(server)
        before = {name: cast[name].pull().replica.state() for name in "周管"}
        for unsent in (3, 0, 1):
            world.pass_ms(2 * HOUR)
            for device in team.values():
                device.save("visit.record", RecordVisit("no such mission", "ms-1", 1, 2, []))
                tell(device, replace(said, app="0.2.0", free=0, sealed=Waits(unsent + 1, unsent, START)))
            flush(server)
            for name in "周管":
                assert cast[name].pull().replica.state() == before[name], (name, unsent)
        for device in team.values():
            assert (body(cast, "孙", device, "device.sealed") or {})["unsent"] == 2, "one is open"
        assert [(body(cast, name, team["吴"]), (body(cast, name, team["监"]) or {}).get("unsent")) for name in "周管"] == [(None, 1)] * 2
        cast.close()


def test_open_work_and_contacts_of_a_device_show_alike_whoever_carries_it(cast: Cast, server: RunningServer) -> None:
    """Issue 3: unsent count, oldest age, version, room and kept of the lead's phone stand in the office's list as of any."""
    said = Vital(unsent=2, blobs=1, oldest_at=START, app="0.1.0", free=700 * 1024 * 1024, kept=True, sealed=Waits(5, 5, 1))
    told = []
    for name in "孙王":
        device = cast.device(name).pull()
        tell(device, said)
        flush(server)
        row = body(cast, "周", device) or {}
        told.append({k: v for k, v in row.items() if k not in ("dev", "uid", "name", "unit", "label")})
    assert told[0] == told[1]
    assert {k: told[0][k] for k in ("unsent", "blobs", "oldest_at", "free")} == {
        **{"unsent": 2, "blobs": 1, "oldest_at": START, "free": 512 * 1024 * 1024}
    }


def test_an_app_that_does_not_tell_apart_says_nothing_of_what_waits_on_a_phone_of_the_team(cast: Cast, server: RunningServer) -> None:
    sun = cast.device("孙").pull()
    tell(sun, Vital(unsent=3, blobs=3, oldest_at=START, app="0.0.9"))
    flush(server)
    assert "unsent" not in (body(cast, "周", sun) or {"unsent": 0})
    assert (body(cast, "孙", sun, "device.sealed") or {})["unsent"] == 3


def test_who_joins_the_check_team_moves_no_row_of_anybody_else(cast: Cast, server: RunningServer) -> None:
    """CHK-05, T7: that counts vanish would tell it."""
    li = cast.device("李").pull()
    tell(li, Vital(unsent=2, app="0.1.0"))
    flush(server)
    offices = [cast[name] for name in "周管"]
    before = [device.pull().replica.state() for device in offices]
    place = server.app.gate.place(li.site)

    def join(unit: object) -> None:
        with unit.step() as tx:  # type: ignore[attr-defined]
            row = tx.sql.one("SELECT uid, login, name, password, unit FROM account WHERE uid = ?", (li.uid,))
            put_account(tx, Account(*row, ("STF", "TEAM"), "standin"))

    server.call(lambda: place.store.write(join))
    assert [device.pull().replica.state() for device in offices] == before
    assert (body(cast, "孙", li, "device.sealed") or {})["unsent"] == 2


def test_the_check_leads_end_the_devices_of_their_team_and_no_others(cast: Cast, server: RunningServer) -> None:
    """PRV-19: nobody else knows of a visitor's phone."""
    shopper, wang = cast.device("吴").pull(), cast.device("王").pull()

    def end(name: str, device: Device) -> int:
        return cast[name].http.delete(f"/s/{device.site}/devices/{device.replica.dev}?stolen=1").status_code

    assert (end("孙", wang), end("林", shopper), end("孙", shopper)) == (404, 404, 204)
    assert (body(cast, "孙", shopper, "device.sealed") or {})["stolen"] is True


def test_a_hall_of_before_goes_on_showing_what_it_showed() -> None:
    """CHK-05: what the check team's phones had said until then was not told apart."""
    sql = sqlite3.connect(":memory:")
    sql.executescript(
        "CREATE TABLE account (uid, roles); CREATE TABLE device (n, uid);"
        "CREATE TABLE device_vital (device, unsent, blobs, oldest_at, app, free, kept, contact_at)"
    )
    for n, roles in enumerate(('["STF"]', '["STF","TEAM"]'), start=1):
        sql.execute("INSERT INTO account VALUES (?, ?)", (f"u{n}", roles))
        sql.execute("INSERT INTO device VALUES (?, ?)", (n, f"u{n}"))
        sql.execute("INSERT INTO device_vital VALUES (?, 3, 2, 9, 'app', 512, 1, 7)", (n,))
    for _ in range(2):  # as after a start that was cut off
        for statement in statements(dict(files("sqlite"))["0009_device_open"]):
            sql.execute(statement)
    assert sql.execute("SELECT * FROM device_open ORDER BY device").fetchall() == [
        (1, 3, 2, 9, "app", 512, 1, 7),
        (2, 0, 0, None, "app", -1, 1, 7),
    ]
    for statement in statements(dict(files("sqlite"))["0010_vital"]):
        sql.execute(statement)
    assert sql.execute("SELECT * FROM vital ORDER BY kind, device").fetchall() == [
        (1, "open", 3, 2, 9, "app", 512, 1, 7),
        (2, "open", 0, 0, None, "app", -1, 1, 7),
        (1, "whole", 3, 2, 9, "app", 512, 1, 7),
        (2, "whole", 3, 2, 9, "app", 512, 1, 7),
    ]


def flush(server: RunningServer) -> None:
    """Everything that was to be noted without anybody waiting for it is noted."""
    place = server.app.gate.place("yunting")

    async def wait() -> None:
        for note in list(place.vitals._notes):
            await note

    server.call(wait)
