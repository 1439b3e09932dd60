"""The clock of the server itself is set back, by a correction or a machine that woke up: what it has said holds all the same."""

import sqlite3
from pathlib import Path

from server.store import evidence
from server.store.sqlite import READER, Connection
from sync.units import HOUR_MS, MINUTE_MS
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import World
from tests.support.evidence import START, incident, minute
from tests.support.server import RunningServer, serve
from tools import zaigang_verify as verify


def push(device: Device, text: str) -> int:
    """An incident, taken at once; when, as the answer says."""
    incident(device, text)
    answer = device.push_once(device.replica.push())
    assert [result.st for result in answer.results] == ["applied"]
    device.replica.push_answered(answer)
    return answer.beacon.t


def met(device: Device, server: RunningServer) -> Device:
    """The same phone at a server that was started again."""
    device.url = server.base_url
    device.http.base_url, device.http.headers["Origin"] = server.base_url, server.base_url
    return device


def checked(server: RunningServer, data: Path) -> verify.Checker:
    """What an auditor finds in a copy of the database."""
    key = evidence.vkey(server.app.gate.places[SITE].store.facts)
    sql = sqlite3.connect(data / f"{SITE}.sqlite")
    checker = verify.Checker(verify.Database(sql), [verify.read_vkey(str(key))], [], [])
    checker.check()
    sql.close()
    return checker


def set_backs(data: Path) -> list[tuple[str, ...]]:
    """What the audit says of the clock."""
    sql = Connection(data / f"{SITE}.sqlite", READER)
    found = sql.all("SELECT at, detail FROM audit WHERE act = 'clock.back' ORDER BY n")
    sql.close()
    return found


def test_a_server_started_with_its_clock_set_back_goes_on_from_the_last_time_it_has_given(tmp_path: Path) -> None:
    """An honest server is never called wrong; what it did not know, the time, is said."""
    world, data = World(START), tmp_path / "data"
    with serve(clock=world, data=data) as server:
        people = Cast(server.base_url, world, seed=7)
        first = push(people["林"], "一")
        minute(server, world)
    people.close()
    world.at -= HOUR_MS
    with serve(clock=world, data=data) as server:
        people = Cast(server.base_url, world, seed=8)
        assert push(people["王"], "二") >= first
        minute(server, world)
        minute(server, world)
        assert [detail for _, detail in set_backs(data)] == [str(HOUR_MS - MINUTE_MS)]
        world.at += HOUR_MS
        minute(server, world)
        checker = checked(server, data)
        people.close()
    assert checker.findings == []
    assert (checker.counts["waiting"], checker.counts["clock_set_back"]) == (0, 1)


def test_what_quotes_a_time_mark_of_a_clock_that_ran_ahead_was_taken_no_sooner_than_the_mark_was_made(tmp_path: Path) -> None:
    """The site's own word bounds the site, whether it was started anew since or not."""
    world, data = World(START), tmp_path / "data"
    with serve(clock=world, data=data) as server:
        people = Cast(server.base_url, world, seed=7)
        lin, wang = people["林"].pull(), people["王"].pull()
        world.at += HOUR_MS
        lin.pull()
        wang.pull()
        world.at -= HOUR_MS
        assert push(lin, "一") >= START + HOUR_MS
    copy = tmp_path / "copy"
    with serve(clock=world, data=copy) as server:
        people = Cast(server.base_url, world, seed=7)
        zhou = people["周"].pull()
        world.at += HOUR_MS
        zhou.pull()
    world.at -= HOUR_MS
    with serve(clock=world, data=copy) as server:
        assert push(met(zhou, server), "二") >= START + HOUR_MS
    for folder in (data, copy):
        with serve(clock=world, data=folder) as server:
            assert checked(server, folder).findings == []
    people.close()
