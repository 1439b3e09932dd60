"""Bad input behind doors that open to few: an administrator, the office, a witness, whoever holds the first code (ORG-10, EVD-14)."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from server.domain.incident.ops import Report
from sync import messages as m
from sync.keys import b64, unb64
from sync.notes import read_note
from sync.rescue import Rescued, RescuedFile, seal, seal_file
from tests.server.test_fuzz import ODD_TEXTS, ODD_VALUES, SHAPELESS, _big, checked, messages, misshapen
from tests.server.test_rescue import export
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import DeviceClocks, FirstMorning, World
from tests.support.evidence import START, WITNESS_KEY, checkpoint, cosigned, minute
from tests.support.server import serve


@pytest.fixture(scope="module")
def world() -> World:
    """As in test_fuzz."""
    return FirstMorning()


def odd_insides(device: Device) -> Iterator[m.RescueFile]:
    """Ops of this device, sealed as they must be, with each field of what is inside odd."""
    replica = device.replica
    key, inside = unb64(replica.rescue_key), Rescued(replica.dev, b64(replica.key.public), replica.epoch, 1, "00" * 32, ["{}"], "", 5)
    for name, odd in itertools.product(msgspec.structs.fields(Rescued), ODD_VALUES):
        yield seal(SITE, key, msgspec.structs.replace(inside, **{name.name: _big(odd)}))


def odd_lines(device: Device) -> Iterator[m.RescueFile]:
    """A photo of this device, sealed as it must be, with each field of its head odd."""
    file = RescuedFile(device.replica.dev, "0" * 64, "image/jpeg", b"\xff\xd8 no photo")
    for name, odd in itertools.product(("dev", "sha256", "mime"), ODD_VALUES):
        yield seal_file(SITE, unb64(device.replica.rescue_key), file._replace(**{name: _big(odd)}))


@pytest.mark.parametrize(("path", "inside"), [("rescue", odd_insides), ("rescue/file", odd_lines)])
def test_no_misshapen_rescue_file_gets_in_or_breaks_anything(
    cast: Cast, ledger: Callable[[], Any], path: str, inside: Callable[[Device], Iterator[m.RescueFile]]
) -> None:
    """EVD-14: outside the encryption and inside it; the true file is taken after all of them."""
    lin, admin = cast.device("林"), cast["管"]
    place = sorted(lin.pull().replica.bodies("post"))[0]
    lin.save("incident.report", Report("other", place, lin.replica.time.now(), 3))
    before = ledger()
    damaged = msgspec.structs.replace(export(lin), data=export(lin).data)
    outside = {checked(admin.post(path, body)) for body in [*SHAPELESS, *misshapen(damaged)]}
    assert outside == {"malformed", "rescue_bad"}
    sealed = {checked(admin.post(path, msgspec.structs.replace(file, dev=lin.replica.dev))) for file in inside(lin)}
    assert "rescue_bad" in sealed
    assert "" not in sealed
    assert sealed & {"signature_bad", "blob_type"}, "some came as far as the device and its photo"
    assert ledger() == before
    assert not checked(admin.post("rescue", export(lin)))


def test_no_misshapen_confirmation_pairs_a_screen(cast: Cast, ledger: Callable[[], Any]) -> None:
    """DSP-09: with the digits of a screen that waits."""
    screen, admin = Device(cast.url, DeviceClocks(cast.world)), cast["管"]
    asked = screen.post("displays", m.PairingAsk(b64(screen.replica.key.public), screen.replica.prove("pair"))).raise_for_status()
    code = msgspec.json.decode(asked.content, type=m.Pairing).code
    before = ledger()
    # Wrong in two fields: whichever is mended by leaving it out, the other one is told.
    bodies = [*SHAPELESS, *misshapen(m.PairingConfirm(code, "大厅", "door", "no unit", "no zone"))]
    assert {checked(admin.post("displays/confirm", body)) for body in bodies} >= {"malformed", "unit_unknown", "pairing_unknown"}
    assert ledger() == before


def test_no_misshapen_first_administrator_uses_up_the_code() -> None:
    """ORG-01: with the code that the console printed."""
    with serve(mode="empty") as server, pytest.MonkeyPatch.context() as patch:
        # Nobody types a hundred of them in a minute.
        patch.setattr(server.app.gate.brake, "check", lambda subject: None)
        stranger = Device(server.base_url, DeviceClocks(World(0)))
        good = m.Setup(server.app.gate.setup_code, "root", "管理员", "correct horse", "新厅", "en")
        two_flaws = msgspec.structs.replace(good, password="short", locale="xx")
        told = {checked(stranger.http.post("/setup", content=body)) for body in [*SHAPELESS, *misshapen(two_flaws)]}
        assert told == {"malformed", "setup_code_bad", "too_large"}
        assert stranger.http.get("/config").json()["setup"] is True
        assert not checked(stranger.http.post("/setup", content=msgspec.json.encode(good)))
        stranger.close()


def odd_requests(odd: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Who asks what at the doors that take no message, with one odd text in every place that has one."""
    name = quote(odd, safe="%") or "-"
    offset = odd if odd and odd.isascii() else "x"
    tus = {"Upload-Offset": offset, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Zaigang-Device": "x"}
    sheet = "单位编号,名称\r\n".encode()
    yield from (
        ("管", "DELETE", f"devices/{name}", {}),
        ("管", "DELETE", f"devices/{'0' * 32}?stolen={name}", {}),
        ("管", "POST", f"people/{name}/password", {}),
        ("管", "POST", f"people/{name}/password?{name}={name}", {"content": sheet}),
        ("周", "POST", f"sheets?apply={name}&locale={name}", {"content": sheet}),
        ("周", "POST", f"sheets?locale={name}", {"content": odd.encode()}),
        ("周", "GET", f"sheets/{name}?locale={name}", {}),
        ("周", "GET", f"blobs/{name}/{'0' * 64}?thumb={name}", {}),
        ("周", "PATCH", f"blobs/{name}", {"headers": tus, "content": b"x"}),
        ("周", "DELETE", f"blobs/{name}", {"headers": tus}),
        ("周", "POST", "blobs", {"headers": {**tus, "Upload-Length": offset, "Upload-Metadata": f"sha256 {offset}"}}),
        ("周", "POST", f"repair?{name}={name}", {"content": b"{}"}),
        ("周", "GET", f"snapshot/{name}?after={name}", {}),
    )


@pytest.mark.parametrize("odd", [*ODD_TEXTS, "0" * 32, "a/b"])
def test_an_odd_name_at_a_door_without_a_message_is_a_problem(cast: Cast, ledger: Callable[[], Any], odd: str) -> None:
    """Devices, first passwords, spreadsheets, uploads, snapshots: nothing moves."""
    people = {who: cast[who] for who in "管周"}
    before = ledger()
    told = {path: checked(people[who].http.request(method, f"/s/{SITE}/{path}", **more)) for who, method, path, more in odd_requests(odd)}
    # A spreadsheet is answered with what is wrong in it.
    assert [path for path, problem in told.items() if not problem and not path.startswith("sheets?locale=")] == []
    assert ledger() == before


def test_no_misshapen_cosignature_is_taken_for_a_configured_witness_and_an_older_one_undoes_no_newer() -> None:
    """A bad line beside a good one, a good one moved; the newest stays what everybody is shown."""
    world = World(START)
    with serve(clock=world, log_witness_keys=(str(WITNESS_KEY),)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(server.app.gate.brake, "check", lambda subject: None)
        cast = Cast(server.base_url, world)
        lin = cast["林"]

        def witnessed() -> m.LogState:
            return msgspec.json.decode(cast["管"].http.get(f"/s/{SITE}/log/state").content, type=m.LogState)

        minute(server, world)
        first = checkpoint(lin)
        minute(server, world)
        older, newer = (cosigned(checkpoint(lin), world.at // 1000 - ago) for ago in (50, 0))
        before = witnessed()
        text, signed = newer.split("\n\n")
        ours, theirs = signed.splitlines()
        odd_notes = [
            *("", "\n\n", text, f"{text}\n", f"{text}\n\n", f"\n\n{signed}", f"{text}\n\n{ours}\n", f"{text}\n\n\u2014 x\n", newer * 40),
            *(f"{text}\n\n{theirs[:end]}\n" for end in range(0, len(theirs), 7)),
            *(f"{text[:end]}\n\n{ours}\n{theirs}\n" for end in range(0, len(text), 9)),
            f"{read_note(first).text}\n{ours}\n{theirs}\n",
        ]
        told = {checked(lin.post("log/cosignature", m.Cosign(note))) for note in odd_notes}
        assert told == {"malformed", "signature_bad"}
        assert {checked(lin.post("log/cosignature", body)) for body in [*SHAPELESS, *misshapen(messages(lin)["log/cosignature"])]}
        assert witnessed().witnesses == before.witnesses

        for note in (newer, older, cosigned(first, world.at // 1000), newer):
            lin.post("log/cosignature", m.Cosign(note)).raise_for_status()
            assert witnessed().witnesses == [m.Witnessed(WITNESS_KEY.name, 2, world.at // 1000 * 1000)]
        cast.close()
