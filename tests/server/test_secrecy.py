"""Law I18 for 暗访 (CHK-05): compare two worlds that differ only in a sealed visit. Whoever is not of its audience receives the same bytes.

Both worlds begin as copies of one database, with the same clock and the same device keys. Only two things may differ and are named instead
of shown: sealed cursors (whose length stays) and the nonce of a socket. Everything else is compared byte for byte, frame by frame.
"""

import logging
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from server import app, recovery
from server.__main__ import main
from server.domain.visit.ops import Publish, RecordVisit
from server.domain.visit.plan_ops import CommitPlan, DropPlan
from sync import messages as m
from sync.cursor import CURSOR_CHARS
from tests.support.cast import SITE, Cast, Device, Link
from tests.support.clock import DeviceClocks, World
from tests.support.day import Act, Day
from tests.support.day_rounds import irregular_acts
from tests.support.photos import Tus, blob_of, jpeg
from tests.support.server import RunningServer, serve

START = 1_773_799_800_000  # Wednesday 2026-03-18, 10:10 in the hall
OTHERS = "林王李赵周领纪首长管屏监陈"
"""Who is compared: 首 leads the centre, 长 a unit that is visited; 陈 until rounds of her own group are sealed (PTL-05)."""
OUTSIDE = "监"
SEALED = re.compile(rf'"(prev|to|nonce)":"([A-Za-z0-9_-]{{{CURSOR_CHARS}}}|[A-Za-z0-9_-]{{24}})"')
PONG = '{"t":"pong"}'


def bare(text: str) -> str:
    """`text` with what is random by nature named and measured instead of shown."""
    return SEALED.sub(lambda found: f'"{found[1]}":"<{len(found[2])}>"', text)


class Seen(NamedTuple):
    """All that reached one person: frames in order, answers of pushes and long polls, and a whole first pull."""

    frames: list[str]
    answers: list[str]
    first_pull: str


class Told(NamedTuple):
    """A world after its day: what others saw, the world itself, still running over `data`, and the lines of its log."""

    seen: dict[str, Seen]
    cast: Cast
    data: Path
    log: list[str]


def ordinary(day: Day, half: int) -> Iterator[Act]:
    """What happens in both worlds, before and after the visits."""
    if half == 1:
        yield from day.patrol_acts()
        yield from day.absence_acts()
    else:
        yield from day.head_acts()
        yield from day.incident_acts()


def do(cast: Cast, act: Act, answers: dict[str, list[str]]) -> None:
    """One act, and its answer kept as bytes."""
    device = cast[act.who]
    photo = jpeg(seed=8) if act.kind in ("visit.record", "case.step") else b""
    device.save(act.kind, act.args, act.rid, act.guard, [blob_of(photo)] if photo else [])
    # Whoever patrols has records of rounds unsent, too: how many there are tells nothing of a plan.
    vital = m.Vital(app="test") if act.who == "陈" else m.Vital(unsent=1, app="test")
    raw = device.post("push", device.replica.push(vital=vital)).raise_for_status()
    answer = msgspec.json.decode(raw.content, type=m.PushAnswer)
    assert [r.st for r in answer.results] == ["applied"], (act, answer.results)
    device.replica.push_answered(answer)
    answers.setdefault(act.who, []).append(raw.text)
    if photo:
        assert Tus(device).upload(photo).is_success


def live_through(cast: Cast, world: World, server: RunningServer, hidden: bool, log: list[str]) -> Told:
    """One day; with `hidden`, in its middle two sealed visits, one of them void, a sealed plan, and one of irregular rounds (PTL-05). Time
    is the same either way.
    """
    day, answers = Day(cast), {}
    phones = phones_of(cast)
    greet(cast, phones)
    with ExitStack() as stack:
        links: dict[str, Link] = {name: stack.enter_context(phones[name].live()) for name in OTHERS}
        for name in "吴郑孙":
            cast[name].pull()

        def settle() -> None:
            world.pass_ms(1000)
            server.tick()
            for link in links.values():
                link.settle()

        def seen(name: str) -> Seen:
            texts = [bare(text) for text in links[name].texts if text != PONG]
            return Seen(texts, [bare(text) for text in answers[name]], bare(whole(phones[name])))

        for act in ordinary(day, 1):
            do(cast, act, answers)
            settle()
        for act in day.visit_acts(publish=False) if hidden else ():
            do(cast, act, answers)
            for link in links.values():
                link.settle()
        for act in plan_acts(cast) if hidden else ():
            do(cast, act, answers)
            for link in links.values():
                link.settle()
        if hidden:
            hold_a_visit(cast["吴"])
        for name in OTHERS:
            answers.setdefault(name, []).append(phones[name].pull_text().decode())
        efficiency = seen("陈")
        for act in irregular_acts(day) if hidden else ():
            do(cast, act, answers)
            for link in links.values():
                link.settle()
        for act in ordinary(day, 2):
            do(cast, act, answers)
            settle()
        return Told({name: seen(name) for name in OTHERS} | {"陈": efficiency}, cast, server.settings.data, log)


def phones_of(cast: Cast) -> dict[str, Device]:
    """The phones that are compared, by name; those who are no personas sign in by badge."""
    visited = min(mission["unit"] for mission in cast["吴"].pull().replica.bodies("mission").values())
    heads = {"首": "c-lead", "长": visited}
    return {name: head_of(cast, heads[name], ord(name)) if name in heads else cast[name] for name in OTHERS}


def plan_acts(cast: Cast) -> Iterator[Act]:
    """An inspection plan over every unit that has a window, sealed and given up."""
    sun = cast["孙"].pull()
    posts = sun.replica.bodies("post").values()
    units = sorted({post["unit"] for post in posts})
    commit = CommitPlan(
        title="验收检查",
        method="covert",
        checklist="ms-1",
        units=units,
        visitors=sorted(sun.replica.bodies("visitor")),
        from_day="2026-03-19",
        to_day="2026-03-27",
        slots=["上午"],
        secret="5a" * 32,
    )
    rid = "019d0000-0000-7000-8000-00000000aaaa"
    yield Act("孙", "plan.commit", commit, rid)
    yield Act("孙", "plan.drop", DropPlan("改期"), rid)


def greet(cast: Cast, phones: dict[str, Device]) -> None:
    """Every phone has been in contact this hour, and that is written down."""
    team = {name: cast[name] for name in "吴郑孙"}
    for device in (*phones.values(), *team.values()):
        device.push_once(device.replica.push(vital=m.Vital(app="test")))
    sealed = {*team, *OUTSIDE}
    devices = {
        "device.state": {device.replica.dev for device in phones.values()},
        "device.sealed": {device.replica.dev for name, device in (phones | team).items() if name in sealed},
    }
    for _ in range(200):
        found = {kind: cast[name].pull().replica.bodies(kind) for kind, name in (("device.state", "管"), ("device.sealed", "孙"))}
        if all(found[kind].get(dev, {}).get("contact_at") for kind, devs in devices.items() for dev in devs):
            for device in phones.values():
                device.pull()
            return
        time.sleep(0.02)
    raise AssertionError("contacts are never written down")


def hold_a_visit(shopper: Device) -> None:
    """A visit that is held, on a phone that has more: what waits for a person, and what the phone has not sent, is of the check too."""
    for _ in range(2):
        shopper.save("visit.record", RecordVisit("no such mission", "ms-1", 1, 2, []))
    results = shopper.push_once(shopper.replica.push(vital=m.Vital(unsent=5, blobs=2, oldest_at=1, app="other"))).results
    assert [r.st for r in results] == ["held", "held"]


def whole(device: Device) -> str:
    """Every page of a first pull."""
    text, cursor, more = "", "", True
    while more:
        part = device.pull_text(cur=cursor, bh="" if not cursor else device_bh(device))
        text += part.decode()
        end = msgspec.json.decode(part.splitlines()[-1], type=m.PullEnd)
        cursor, more = end.to, end.more
    return text


def device_bh(device: Device) -> str:
    """The bucket set hash of this device."""
    return device.replica.pull_query()["bh"]


@pytest.fixture(scope="module", autouse=True)
def ticks_when_told() -> Iterator[None]:
    """What time makes due is done between acts, at the same places of both worlds, and not whenever a second of this machine is over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "TICK_SECONDS", 1_000_000)
        yield


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo hall as it is on disk after its first start."""
    data = tmp_path_factory.mktemp("founded") / "data"
    with serve(clock=World(START), data=data):
        pass
    return data


@contextmanager
def log_of_the_server() -> Iterator[list[str]]:
    """Every line that a server of this process logs, for as long as it is listened to; what the phones of tests log is none."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    handler.addFilter(lambda record: record.name.split(".")[0] not in ("httpx", "httpcore", "websockets"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


@pytest.fixture(scope="module")
def worlds(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, Told]]:
    """One day without and one with what is sealed; both still run."""
    with ExitStack() as stack:

        def tell(hidden: bool) -> Told:
            world, data = World(START), tmp_path_factory.mktemp("worlds") / f"hidden-{hidden}"
            shutil.copytree(founded, data)
            server = stack.enter_context(serve(clock=world, data=data))
            cast = Cast(server.base_url, world, seed=3)
            stack.callback(cast.close)
            return live_through(cast, world, server, hidden, stack.enter_context(log_of_the_server()))

        yield tell(False), tell(True)


def test_a_sealed_visit_changes_no_byte_frame_or_length_for_anybody_else(worlds: tuple[Told, Told]) -> None:
    without, with_visits = worlds
    assert {name for name in OTHERS if len(without.seen[name].frames) < 2} <= {"陈"}
    for name in OTHERS:
        a, b = without.seen[name], with_visits.seen[name]
        assert len(a.frames) == len(b.frames), name
        assert a.frames == b.frames, name
        assert a.answers == b.answers, name
        assert a.first_pull == b.first_pull, name


def test_the_comparison_hides_cursors_and_nothing_else() -> None:
    token = ("Ab3_" * 20)[:CURSOR_CHARS]
    assert bare(f'{{"prev":"{token}","rid":"{token}","v":5}}') == f'{{"prev":"<{CURSOR_CHARS}>","rid":"{token}","v":5}}'


def head_of(cast: Cast, unit: str, secret: int | None = None) -> Device:
    """The head of a unit, signed in with badge and password."""
    lin = cast["林"].pull()
    uid = lin.replica.body("unit", unit)["head"]
    device = Device(cast.url, DeviceClocks(cast.world), secret=secret)
    device.sign_in_as(lin.replica.body("person", uid)["badge"])
    device.enrol()
    return device


def visits_of(device: Device) -> dict[str, Any]:
    """Rows of visits, by kind, that a device holds after a pull."""
    rows = device.pull().replica.rows
    return {kind: rid for kind, rid in rows if kind in ("visit", "visit.unit", "visit.public", "visit.team", "mission", "case")}


def test_each_shopper_sees_the_missions_and_visits_of_the_team_and_no_more(worlds: tuple[Told, Told]) -> None:
    cast = worlds[1].cast
    for name in "吴郑":
        device = cast[name].pull()
        assert {kind for kind, _ in device.replica.rows} <= {
            "hall",
            "me",
            "mission",
            "checklist",
            "visit",
            "case",
            "case.permit",
            "op.result",
            "blob.state",
        }
        assert all(device.uid in body["team"] for body in device.replica.bodies("mission").values())


def test_commands_on_a_sealed_visit_tell_strangers_nothing(worlds: tuple[Told, Told]) -> None:
    """A guess at a record's id is answered as for a record that is not there."""
    cast = worlds[1].cast
    rid = next(iter(cast["孙"].pull().replica.bodies("visit")))
    for name in "林赵周":
        device = cast[name]
        results = [device.do("visit.publish", Publish(), guess, {guess: 1}) for guess in (rid, "019d0000-0000-7000-8000-000000000000")]
        assert len({(r.st, r.code, r.cur) for r in results}) == 1, (name, results)


def test_publication_reaches_the_unit_the_office_and_the_leader_and_nobody_else(worlds: tuple[Told, Told]) -> None:
    cast = worlds[1].cast
    sun, office = cast["孙"].pull(), cast["周"]
    rid = next(rid for rid, body in sun.replica.bodies("visit").items() if body["state"] == "recorded")
    unit = sun.replica.body("visit", rid)["unit"]
    head = head_of(cast, unit)
    assert (visits_of(head), visits_of(office)) == ({}, {})
    sun.do("visit.publish", Publish("请举一反三"), rid, {rid: sun.replica.rows["visit", rid].ver})
    for device in (head, office):
        assert set(visits_of(device)) == {"visit.unit"}
        body = device.replica.body("visit.unit", rid)
        assert (body["unit"], len(body["failed"])) == (unit, 2)
        assert not any(cast[name].uid in device.pull_text(cur="").decode() for name in "吴郑")
    for name in "林王李管屏监":
        assert visits_of(cast[name]) == {}, name


def test_a_whole_day_of_a_check_leaves_no_line_in_the_log(worlds: tuple[Told, Told]) -> None:
    """CHK-05, T3, T7: plan, visits with their photos, cases and publication."""
    without, with_visits = worlds
    assert (without.log, with_visits.log) == ([], [])
    logging.getLogger("zaigang.alarm").warning("heard")
    assert with_visits.log == ["heard"]


def test_backups_exports_and_a_restore_say_the_same_at_the_console_whatever_is_sealed(
    worlds: tuple[Told, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CHK-05, T3, T7: names of files and every line; such output is mailed about. A commit number would count what is sealed."""
    monkeypatch.setattr(recovery, "system_clock", World(START))
    said = []
    for told in worlds:
        place = tmp_path / "place"
        for command in (
            ["backup", "--data", str(told.data), "--to", str(place / "copies")],
            ["log", "--data", str(told.data), "--hall", SITE, "export", "--to", str(place / "export")],
            ["log", "--data", str(told.data), "--hall", SITE, "key"],
        ):
            assert main(command) == 0
        names = sorted(str(path.relative_to(place)) for path in place.rglob("*"))
        copy = next(name for name in names if SITE in name)
        (place / "data").mkdir()
        assert main(["restore", str(place / copy), "--data", str(place / "data")]) == 0
        assert main(["replay", "--data", str(place / "data")]) == 0
        said.append((names, re.sub(r"(?<=epoch )[0-9a-f]{16}", "", "".join(capsys.readouterr()))))
        place.rename(tmp_path / f"place of {len(said)}")
    assert said[0] == said[1]
    assert len(said[0][1].splitlines()) >= 6, "something was said"
