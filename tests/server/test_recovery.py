"""Backup, disaster, restore: what was acknowledged comes back from the devices, once (laws I1, I2, I10; PROTOCOL.md section 6)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from server import recovery
from server.__main__ import main
from server.domain.incident.ops import Report
from server.store import backup
from server.store.backup import BadBackup
from server.store.contract import UnsafeStore
from server.store.sqlite import Connection, FolderLock
from sync import messages as m
from tests.support.cast import Cast, Device
from tests.support.clock import World
from tests.support.server import RunningServer, serve

START = 1_773_799_800_000
HOUR = 3_600_000


class Site:
    """A hall with its folder of backups; it may be stopped, restored, and served again under another address."""

    def __init__(self, folder: Path) -> None:
        self.data, self.kept, self.world = folder / "data", folder / "kept", World(START)

    @contextmanager
    def served(self, *devices: Device) -> Iterator[RunningServer]:
        """Serve it for the length of a `with`; devices find it again."""
        with serve(clock=self.world, data=self.data, backup_folder=self.kept) as server:
            for device in devices:
                device.url = server.base_url
                device.http = httpx.Client(base_url=device.url, headers={"Origin": device.url}, timeout=40, trust_env=False)
            yield server

    def files(self) -> list[Path]:
        """The backups of the larger demo hall, oldest first."""
        return sorted(self.kept.glob("yunting-*"))

    def restore(self) -> int:
        """Put the newest backup back, on a machine whose clock is the hall's."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(recovery, "system_clock", self.world)
            return main(["restore", str(self.files()[-1]), "--data", str(self.data)])


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def report(device: Device, text: str) -> None:
    place = sorted(device.replica.bodies("post"))[0]
    device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=text))


def texts(device: Device) -> list[str]:
    return sorted(body["text"] for body in device.replica.bodies("incident").values())


def turn(server: RunningServer) -> None:
    """The chore of the minute."""
    server.call(server.app.keeper.turn)


def test_only_a_verified_backup_makes_ops_durable_and_the_device_hears_of_it_on_every_road(site: Site) -> None:
    with site.served() as server:
        cast = Cast(server.base_url, site.world)
        lin = cast["林"].pull()
        for n in range(3):
            report(lin, f"n{n}")
        answer = lin.push_once(lin.replica.push())
        assert (answer.last.seq, answer.dur) == (3, 0)
        lin.replica.push_answered(answer)
        with lin.live() as link:
            turn(server)
            report(lin, "after")
            lin.push()
            link.until(lambda replica: replica.dur == 3)
        assert lin.push_once(lin.replica.push()).dur == 3
        lin.replica.dur = 0
        assert lin.pull().replica.dur == 3
        cast.close()


def test_what_came_after_the_backup_is_filled_in_again_by_the_devices_and_nothing_is_doubled(site: Site) -> None:
    with site.served() as server:
        cast = Cast(server.base_url, site.world)
        lin, wang = cast["林"].pull(), cast["王"].pull()
        for n in range(3):
            report(lin, f"before{n}")
        lin.push()
        turn(server)
        epoch = lin.pull().replica.epoch
        assert lin.replica.dur == 3
        for n in range(3):
            report(lin, f"acknowledged{n}")
        lin.push()
        report(lin, "pending")
        report(wang, "wang")
        wang.push()
        late = cast.device("周").pull()
        report(late, "of a device the backup does not know")
        late.push()
        all_texts = sorted([*texts(lin.pull()), "pending"])
    assert site.restore() == 0
    with site.served(lin, wang, late) as server:
        for device, persona in ((lin, "inspector"), (wang, "staff"), (late, "office")):
            answer = device.post("push", device.replica.push())
            device.sign_in(persona)
            if device is lin:
                device.replica.push_answered(msgspec.json.decode(answer.content, type=m.PushAnswer))
            elif device is wang:
                assert answer.json()["type"] == "epoch_changed"
                device.pull()
            else:
                assert answer.json()["type"] == "device_unknown"
                device.enrol()
            device.push()
        assert lin.pull().replica.epoch != epoch
        assert lin.replica.trouble == ""
        assert texts(lin) == all_texts
        assert lin.replica.state() == lin.refetch()
        assert {op.state for op in lin.replica.outbox + late.replica.outbox} <= {"applied"}
        # What is sent again under the new epoch keeps what its time is worth: it was written when it says.
        assert {op.result.grade for op in lin.replica.outbox + late.replica.outbox if op.result} <= {"A"}
        for device in (lin, wang, late):
            device.push()
        assert texts(lin.pull()) == all_texts
    cast.close()


def test_a_backup_made_beside_a_running_server_is_taken_up_by_it(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(clock=site.world, data=site.data) as server:
        cast = Cast(server.base_url, site.world)
        lin = cast["林"].pull()
        report(lin, "x")
        lin.push()
        turn(server)
        assert lin.pull().replica.dur == 0, "no folder was named: nothing is backed up"
        assert main(["backup", "--to", str(site.kept), "--data", str(site.data)]) == 0
        assert "yunting" in capsys.readouterr().out
        assert lin.pull().replica.dur == 0, "the server has not looked yet"
        turn(server)
        assert lin.pull().replica.dur == 1
        cast.close()


def test_a_stopped_hall_can_be_backed_up_and_knows_it_afterwards(site: Site) -> None:
    with serve(clock=site.world, data=site.data) as server:
        cast = Cast(server.base_url, site.world)
        lin = cast["林"].pull()
        report(lin, "x")
        lin.push()
    assert main(["backup", "--to", str(site.kept), "--data", str(site.data)]) == 0
    with site.served(lin):
        assert lin.push_once(lin.replica.push()).dur == 1
    cast.close()


def test_backups_are_made_when_due_and_old_ones_are_removed(site: Site) -> None:
    with serve(clock=site.world, data=site.data, backup_folder=site.kept, backup_hours=6, backup_keep=2) as server:
        turn(server)
        turn(server)
        assert len(site.files()) == 1
        for _ in range(3):
            site.world.pass_ms(6 * HOUR)
            turn(server)
        assert len(site.files()) == 2
        assert [path.stat().st_mode & 0o077 for path in site.files()] == [0, 0], "it holds the keys of the site"


def test_removing_old_backups_of_a_hall_leaves_those_of_a_hall_whose_name_begins_alike(tmp_path: Path) -> None:
    """What devices were told is durable must stay so."""
    names = [f"{hall}-2026112{day}T080000Z-7.sqlite" for hall in ("yun", "yun-ting") for day in (1, 2)]
    for name in names:
        (tmp_path / name).touch()
    backup.thin_out(tmp_path, "yun", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == names[1:]


def test_a_copy_that_finds_no_room_leaves_nothing_and_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again every minute; what each try leaves would take the room of the records themselves."""
    with site.served() as server:
        copy = backup._copy

        def full(source: Connection, part: Path) -> None:
            copy(source, part)
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(backup, "_copy", full)
        with pytest.raises(BadBackup, match="full"):
            backup.make(server.settings.data / "yunting.sqlite", site.kept / "other", START)
        assert list((site.kept / "other").iterdir()) == []


def test_what_a_cut_in_the_middle_of_a_backup_left_goes_at_the_next_start_and_what_is_being_made_stays(site: Site) -> None:
    """The power went, or the process was killed; each time it would keep the room of a whole hall."""
    site.kept.mkdir()
    left = [site.kept / f"{hall}-20260318T021000Z-7{end}" for hall in ("yunting", "jinghu") for end in (".part", ".part-journal")]
    others = [site.kept / name for name in ("yunting-20260318T021000Z-7.sqlite", "yun-20260318T021000Z-7.part", "notes.part")]
    for path in (*left, *others):
        path.touch()
    at_work = site.kept / "yunting-20260318T021500Z-9.part"
    with backup._begun(at_work), site.served():
        assert sorted(site.kept.iterdir()) == sorted([*others, at_work])
    assert at_work.exists()


def test_restore_refuses_while_a_server_runs(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    with site.served() as server:
        turn(server)
        assert site.restore() == 2
        assert "another process is using the data folder" in capsys.readouterr().err


def damaged(path: Path, where: float) -> None:
    content = bytearray(path.read_bytes())
    begin = int(len(content) * where)
    content[begin : begin + 4096] = b"\xff" * 4096
    path.write_bytes(content)


def test_restore_refuses_what_is_damaged_cut_or_no_backup_and_leaves_everything_as_it_is(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    with site.served() as server:
        turn(server)
    (good,) = site.files()
    before = (site.data / "yunting.sqlite").read_bytes()
    whole = good.read_bytes()
    for spoil in (
        lambda: damaged(good, 0.5),
        lambda: good.write_bytes(whole[: len(whole) // 2]),
        lambda: good.write_bytes(b"something else"),
        lambda: good.write_bytes(b""),
        good.unlink,
    ):
        good.write_bytes(whole)
        spoil()
        assert main(["restore", str(good), "--data", str(site.data)]) == 2
        told = capsys.readouterr().err
        assert "damaged" in told or "no backup" in told or "no hall" in told or "not there" in told, told
        assert (site.data / "yunting.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "forge",
    [
        "UPDATE device SET seq = seq + 1 WHERE seq > 0",
        "DELETE FROM result WHERE n = (SELECT max(n) FROM result)",
        "UPDATE log_tile SET hashes = zeroblob(length(hashes))",
    ],
)
def test_a_backup_whose_parts_do_not_fit_is_not_relied_on(site: Site, forge: str) -> None:
    with site.served() as server:
        cast = Cast(server.base_url, site.world)
        lin = cast["林"].pull()
        report(lin, "x")
        lin.push()
        site.world.pass_ms(2 * 60_000)
        server.tick()
        turn(server)
        cast.close()
    (made,) = site.files()
    assert backup.verify(made).site == "yunting"
    raw = sqlite3.connect(made)
    raw.execute(forge)
    raw.commit()
    raw.close()
    with pytest.raises(BadBackup):
        backup.verify(made)


def test_what_was_there_before_a_restore_is_kept_beside_it_with_the_same_keys(site: Site) -> None:
    with site.served() as server:
        turn(server)
        key = server.app.gate.place("yunting").server_key
    assert site.restore() == 0
    assert len(list(site.data.glob("yunting.replaced-*"))) >= 1
    with site.served() as server:
        place = server.app.gate.place("yunting")
        assert place.server_key == key
        found = server.call(lambda: place.store.read(lambda sql: sql.all("SELECT act FROM audit ORDER BY n")))
        assert ("site.restore",) in found
    lock = FolderLock(site.data)
    with pytest.raises(UnsafeStore):
        FolderLock(site.data)
    lock.close()
