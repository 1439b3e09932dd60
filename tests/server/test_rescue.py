"""Rescue files: a push carried by hand, with the same checks and the same results, once (PROTOCOL §6; I1, I2)."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from server.__main__ import main
from server.domain.hall.ops import HeldAccept
from server.domain.incident.ops import Report
from server.domain.patrol.ops import Tie
from server.store import people
from server.store.contract import Unit
from sync import messages as m
from sync.keys import b64, key_from, unb64
from sync.ops import push_bytes
from sync.rescue import BadRescue, Rescued, RescuedFile, open_file, public_of, seal, seal_file, secret
from tests.server.conftest import Open
from tests.server.test_protocol_push import problem
from tests.server.test_protocol_scope import account_of
from tests.support.cast import SITE, Cast, Device, fresh_secret
from tests.support.clock import World
from tests.support.day import visit_args
from tests.support.server import RunningServer, serve

LINE_BYTES_MAX = 4 * 1024 * 1024
"""As in pwa/src/sync/rescue.ts."""


def report(device: Device, text: str) -> Any:
    place = sorted(device.pull().replica.bodies("post"))[0]
    return device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=text))


def export(device: Device, after: int | None = None, **changes: Any) -> m.RescueFile:
    """The rescue file of everything this device has not seen confirmed (or after a number)."""
    replica = device.replica
    begin = replica.acked if after is None else after
    ops = [op for op in replica.outbox if op.seq > begin]
    sig = replica.key.sign(push_bytes(replica.site, replica.dev, ops[-1].seq, bytes.fromhex(ops[-1].link)))
    inside = Rescued(
        dev=replica.dev,
        key=b64(replica.key.public),
        epoch=replica.epoch,
        first=ops[0].seq,
        prev=replica.link(ops[0].seq - 1),
        ops=[op.body for op in ops],
        sig=b64(sig),
        made_at=replica.time.now(),
    )
    return seal(replica.site, unb64(replica.rescue_key), msgspec.structs.replace(inside, **changes))


def hand_in(cast: Cast, file: m.RescueFile) -> m.RescueAnswer:
    return msgspec.json.decode(cast["管"].post("rescue", file).raise_for_status().content, type=m.RescueAnswer)


def texts(cast: Cast) -> list[str]:
    return sorted(body["text"] for body in cast["林"].pull().replica.bodies("incident").values())


def kept_as(server: RunningServer, op_id: str) -> tuple[str, str | None, str]:
    """What the ledger says became of an op, and what its time is worth."""
    store = server.app.gate.places["yunting"].store
    query = "SELECT r.st, r.code, r.grade FROM result r JOIN op o ON o.n = r.n WHERE o.id = ?"
    found: tuple[str, str | None, str] | None = server.call(lambda: store.read(lambda sql: sql.one(query, (op_id,))))
    assert found is not None, "it is in the ledger"
    return found


def test_a_file_opens_only_with_the_key_of_its_site() -> None:
    mine, other = secret(bytes), secret(lambda n: b"\1" * n)
    inside = Rescued("d", "k", "e", 1, "00", ["{}"], "s", 5)
    file = seal("yunting", public_of(mine), inside)
    assert open_file(file, "yunting", mine) == inside
    data = bytearray(unb64(file.data))
    data[3] ^= 1
    for bad in (
        msgspec.structs.replace(file, data=b64(bytes(data))),
        msgspec.structs.replace(file, iv=file.iv[:-4]),
        msgspec.structs.replace(file, epk=""),
        msgspec.structs.replace(file, site="jinghu"),
        msgspec.structs.replace(file, dev="other"),
        msgspec.structs.replace(file, v=2),
    ):
        with pytest.raises(BadRescue):
            open_file(bad, "yunting", mine)
    with pytest.raises(BadRescue):
        open_file(file, "yunting", other)


def test_what_a_phone_could_not_send_is_carried_in_and_the_phone_learns_of_it(cast: Cast) -> None:
    """EVD-14, OFF-04."""
    wang = cast.device("王")
    report(wang, "sent-r1")
    wang.push()
    for n in range(250):
        report(wang, f"carried-{n:03d}") if n < 3 else wang.save("incident.report", Report("other", "no such place", 5, 3))
    file = export(wang)
    answer = hand_in(cast, file)
    assert (answer.dev, answer.uid, answer.ops, answer.known, answer.branch) == (wang.replica.dev, wang.uid, 250, 0, 0)
    assert answer.held == 247, "evidence of a place that is not there"
    assert [t for t in texts(cast) if t.startswith("carried-")] == ["carried-000", "carried-001", "carried-002"]
    assert hand_in(cast, file).known == 250
    wang.push()
    assert wang.replica.pending == []
    assert [op.state for op in wang.replica.outbox][:5] == ["applied"] * 4 + ["held"]
    assert [t for t in texts(cast) if t.startswith("carried-")] == ["carried-000", "carried-001", "carried-002"]


def largest(device: Device, count: int) -> list[m.RescueFile]:
    """Records at the limit of their size, four megabytes to a line, as a phone exports them."""
    for n in range(count):
        device.save("incident.report", Report("other", "no such place", 5, 3, text=f"{n}".ljust(31_900, "x")))
    ops, each = device.replica.pending, LINE_BYTES_MAX // 32_768
    lines = []
    for begin in range(0, len(ops), each):
        part = ops[begin : begin + each]
        sig = device.replica.key.sign(push_bytes(SITE, device.replica.dev, part[-1].seq, bytes.fromhex(part[-1].link)))
        prev = device.replica.link(part[0].seq - 1)
        lines.append(export(device, ops=[op.body for op in part], first=part[0].seq, prev=prev, sig=b64(sig)))
    return [msgspec.structs.replace(line, more=i > 0) for i, line in enumerate(lines)]


def test_more_than_fits_into_one_request_is_carried_in_line_by_line_and_again_once(cast: Cast) -> None:
    """OFF-04: 400 records of the largest size, which one line of a file could not carry in."""
    wang = cast.device("王")
    lines = largest(wang, 400)
    assert cast["管"].post("rescue", export(wang)).status_code == 413, "all in one line, as the file was before"
    assert len(lines) == 4
    answers = [hand_in(cast, line) for line in lines]
    assert (sum(a.ops for a in answers), sum(a.known for a in answers), sum(a.branch for a in answers)) == (400, 0, 0)
    assert sum(hand_in(cast, line).known for line in lines) == 400
    wang.push()
    assert wang.replica.pending == []


@pytest.mark.parametrize("name", ["王", "周", "林"])
def test_only_an_administrator_imports(cast: Cast, name: str) -> None:
    device = cast.device("王")
    report(device, "x")
    assert problem(cast[name].post("rescue", export(device))) == "forbidden"


def test_a_file_that_the_device_did_not_sign_or_of_nobody_known_is_refused(cast: Cast) -> None:
    wang, stranger = cast.device("王").pull(), Device(cast.url, cast["王"].clocks)
    report(wang, "x")
    assert problem(cast["管"].post("rescue", export(wang, sig=b64(b"0" * 64)))) == "signature_bad"
    assert problem(cast["管"].post("rescue", export(wang, ops=["{}"]))) == "signature_bad"
    stranger.replica.rescue_key = wang.replica.rescue_key
    stranger.save("incident.report", Report("other", "x", 5, 3))
    assert problem(cast["管"].post("rescue", export(stranger))) == "device_unknown"
    assert problem(cast["管"].post("rescue", export(wang, first=2**70))) == "rescue_bad"
    assert problem(cast["管"].post("rescue", export(wang, ops=["{}\0"]))) == "rescue_bad"
    torn = msgspec.structs.replace(export(wang), data="AAAA")
    assert problem(cast["管"].post("rescue", torn)) == "rescue_bad"


@pytest.mark.parametrize("query", ["", "?stolen=1"], ids=["disabled", "lost or stolen"])
def test_the_file_of_a_lost_phone_goes_into_quarantine_and_its_time_is_a_claim(cast: Cast, server: RunningServer, query: str) -> None:
    """EVD-14: held for a person with grade C, whatever its clock could prove; accepted, it is applied with grade C."""
    wang = cast.device("王").pull()
    op = report(wang, f"quarantined-r2{query}")
    cast["管"].http.delete(f"/s/{wang.site}/devices/{wang.replica.dev}{query}").raise_for_status()
    answer = hand_in(cast, export(wang))
    assert (answer.held, answer.branch) == (1, 0)
    row = cast["周"].pull().replica.body("op.held", op.id)
    assert (row["code"], row["grade"]) == ("REVOKED", "C")
    state = cast["周"].replica.body("device.state", row["dev"])
    assert (state["revoked"], state.get("stolen", False)) == (True, query != ""), "the office sees which it was"
    assert kept_as(server, op.id) == ("held", "REVOKED", "C")
    assert hand_in(cast, export(wang)).known == 1
    assert cast["管"].pull().do("held.accept", HeldAccept("本人已核实"), op.id).st == "applied"
    assert kept_as(server, op.id) == ("applied", None, "C")


def test_the_file_of_a_phone_that_is_in_use_keeps_the_grade_its_clock_earned(cast: Cast, server: RunningServer) -> None:
    """EVD-14, EVD-03: the road does not make a time worth less."""
    wang = cast.device("王").pull()
    op = report(wang, "carried-by-hand")
    hand_in(cast, export(wang))
    assert kept_as(server, op.id) == ("applied", None, "A")


def test_a_stolen_key_whose_file_was_taken_in_still_sends_nothing_itself(cast: Cast) -> None:
    wang = cast.device("王").pull()
    report(wang, "exported in time")
    file = export(wang)
    report(wang, "written by whoever has it")
    cast["管"].http.delete(f"/s/{wang.site}/devices/{wang.replica.dev}?stolen=1").raise_for_status()
    assert (hand_in(cast, file).held, problem(wang.post("push", wang.replica.push()))) == (1, "device_revoked")


def forked(cast: Cast) -> tuple[Device, Device, list[Any]]:
    """A phone and a copy of its profile: both wrote a number 2."""
    wang = cast.device("王")
    report(wang, "f1")
    wang.push()
    twin = Device(wang.url, wang.clocks, secret=None)
    twin.replica.key, twin.replica.dev = wang.replica.key, wang.replica.dev
    twin.replica.epoch, twin.replica.rescue_key, twin.replica.floor = wang.replica.epoch, wang.replica.rescue_key, wang.replica.floor
    twin.replica.outbox = list(wang.replica.outbox)
    twin.replica.acked = 1
    twin.http = wang.http
    report(wang, "f2")
    wang.push()
    place = sorted(wang.replica.bodies("post"))[0]
    ops = [twin.save("incident.report", Report("other", place, wang.replica.time.now(), 3, text=f"fork-{n}")) for n in range(3)]
    return wang, twin, ops


def test_what_does_not_continue_the_chain_waits_for_a_person_and_is_taken_once(cast: Cast) -> None:
    _, twin, ops = forked(cast)
    before = [text for text in texts(cast) if text.startswith("fork-")]
    answer = hand_in(cast, export(twin))
    assert (answer.ops, answer.known, answer.held, answer.branch) == (3, 0, 3, 3)
    queue = cast["管"].pull().replica.bodies("op.held")
    assert {queue[op.id]["code"] for op in ops} == {"RESCUED"}
    assert [text for text in texts(cast) if text.startswith("fork-")] == before
    assert hand_in(cast, export(twin)).known == 3
    # A longer file of the same branch, and one that begins in its middle, double nothing.
    later = twin.save("incident.report", Report("other", "x", 5, 3))
    assert (hand_in(cast, export(twin)).known, hand_in(cast, export(twin, after=3)).known) == (3, 2)
    assert later.id in cast["管"].pull().replica.bodies("op.held")
    assert cast["管"].do("held.accept", HeldAccept("已核实"), ops[0].id).st == "applied"
    assert [text for text in texts(cast) if text.startswith("fork-")] == [*before, "fork-0"]
    # The phone itself comes back under a new key: what the file brought is known, held or applied.
    session = twin.sign_in("staff")
    message = twin.replica.enrol_anew(key_from(fresh_secret()), session.nonce)
    twin.replica.enrolled(msgspec.json.decode(twin.post("devices", message).raise_for_status().content, type=m.Enrolled))
    assert [(r.st, r.first, r.code) for r in twin.push()] == [
        ("dup", "applied", None),
        ("dup", "applied", None),
        ("dup", "held", "RESCUED"),
        ("dup", "held", "RESCUED"),
        ("dup", "held", "RESCUED"),
    ]
    # And it hears of it when one of them is decided later.
    assert cast["管"].pull().do("held.accept", HeldAccept(), ops[1].id).st == "applied"
    twin.pull()
    assert [op.state for op in twin.replica.outbox if op.id == ops[1].id] == ["applied"]


def test_a_file_with_a_gap_before_it_is_kept_on_a_branch(cast: Cast) -> None:
    wang = cast.device("王")
    for n in range(4):
        report(wang, f"gap-{n}")
    answer = hand_in(cast, export(wang, after=2))
    assert (answer.known, answer.branch) == (0, 2)
    assert [(r.st, r.first) for r in wang.push()] == [("applied", None)] * 2 + [("dup", "held")] * 2


def test_a_file_with_nothing_unsent_changes_nothing(cast: Cast) -> None:
    wang = cast.device("王").pull()
    replica = wang.replica
    sig = b64(replica.key.sign(push_bytes(replica.site, replica.dev, 0, bytes.fromhex(replica.link(0)))))
    inside = Rescued(replica.dev, b64(replica.key.public), replica.epoch, 1, replica.link(0), [], sig, 5)
    assert hand_in(cast, seal(replica.site, unb64(replica.rescue_key), inside)).ops == 0


def test_whoever_carries_the_file_of_a_visitor_learns_numbers_only(cast: Cast) -> None:
    shopper = cast.device("吴").pull()
    shopper.save("visit.record", visit_args(shopper))
    raw = cast["管"].post("rescue", export(shopper)).raise_for_status()
    assert set(raw.json()) == {"dev", "uid", "ops", "known", "held", "branch"}


def audited(server: RunningServer, dev: str) -> list[str]:
    """What the audit says of the imports of a device's files."""
    store = server.app.gate.places["yunting"].store
    query = "SELECT detail FROM audit WHERE act = 'rescue.import' AND about = ? ORDER BY n"
    return [detail for (detail,) in server.call(lambda: store.read(lambda sql: sql.all(query, (dev,))))]


def tie(device: Device) -> Any:
    """A sealed record of somebody of the hall."""
    return device.save("patrol.tie", Tie([], []), rid=device.uid)


def test_no_number_of_an_import_tells_its_carrier_or_the_audit_that_a_sealed_record_was_among_them(
    cast: Cast, server: RunningServer
) -> None:
    """I18: twice the same phone, once with sealed records in every part of its file: on the chain, known, held, on a branch."""
    told: list[list[Any]] = []
    for sealed in (False, True):
        lin, said = cast.device("林").pull(), list[Any]()
        report(lin, "open, in order")
        ties = [tie(lin).id] if sealed else []
        first, last = export(lin), lin.replica.head.seq
        lin.save("incident.report", Report("other", "no such place", 5, 3))
        ties += [tie(lin).id] if sealed else []
        behind = last + 1 + sealed
        tie(lin)  # what follows has a gap before it, in both worlds
        report(lin, "open, behind a gap")
        ties += [tie(lin).id] if sealed else []
        for file in (first, first, export(lin, after=behind + 1), export(lin, after=last), export(lin)):
            answer = hand_in(cast, file)
            said.append((answer.ops, answer.known, answer.held, answer.branch))
        assert [kept_as(server, op)[0] for op in ties] == ["applied", "applied", "held"][: len(ties)]
        said.append(audited(server, lin.replica.dev))
        told.append(said)
    assert told[0] == told[1]
    assert told[0][:5] == [(1, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 1), (2, 1, 1, 0), (3, 3, 0, 0)]


def test_an_administrator_who_leads_checks_too_is_told_their_number(opened: Open, world: World) -> None:
    with opened(world) as server, closing(Cast(server.base_url, world)) as cast:
        lin = cast["林"].pull()
        tie(lin)
        report(lin, "open")
        both = account_of(server, cast["管"].uid)._replace(roles=("ADM", "CHECK"))

        def unit(unit: Unit) -> None:
            with unit.step() as tx:
                people.put_account(tx, both)

        server.call(lambda: server.app.gate.places[SITE].store.write(unit))
        assert hand_in(cast, export(lin)).ops == 2


def test_of_a_visitors_file_no_record_is_counted(cast: Cast, server: RunningServer) -> None:
    """CHK-05: whatever he writes, it is known to the check leads alone."""
    shopper = cast.device("吴").pull()
    shopper.save("visit.record", visit_args(shopper))
    shopper.save("incident.report", Report("other", "no such place", 5, 3))
    answer = hand_in(cast, export(shopper))
    assert (answer.ops, answer.known, answer.held, answer.branch) == (0, 0, 0, 0)
    assert audited(server, shopper.replica.dev) == ["0 ops, 0 known, 0 on a branch"]
    shopper.push()
    assert shopper.replica.pending == []


def test_what_was_held_before_is_known_and_not_held_once_more(cast: Cast) -> None:
    """The app takes both from the whole: it said that a number below nothing had taken effect."""
    wang = cast.device("王").pull()
    wang.save("incident.report", Report("other", "no such place", 5, 3))
    file = export(wang)
    assert (hand_in(cast, file).held, hand_in(cast, file).known, hand_in(cast, file).held) == (1, 1, 0)


def test_the_console_imports_into_a_stopped_hall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world, data = World(1_773_799_800_000), tmp_path / "data"
    with serve(clock=world, data=data) as server:
        cast = Cast(server.base_url, world)
        wang = cast["王"].pull()
        report(wang, "by the console")
        path = tmp_path / "rescue.json"
        photo = seal_file(wang.site, unb64(wang.replica.rescue_key), RescuedFile(wang.replica.dev, "0" * 64, "image/jpeg", b"x"))
        one, two = largest(wang, 130)
        path.write_bytes(b"\n".join(map(msgspec.json.encode, (one, two, photo))))
        assert main(["rescue", str(path), "--data", str(data)]) == 2
        cast.close()
    assert main(["rescue", str(path), "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert [line.partition(": ")[2].partition(": ")[2] for line in said.splitlines()][:2] == [
        "128 records, 0 known already, 127 held",
        "3 records, 0 known already, 3 held",
    ]
    assert "1 photos and sounds" in said
    (tmp_path / "bad.json").write_text(json.dumps({"v": 1}))
    assert main(["rescue", str(tmp_path / "bad.json"), "--data", str(data)]) == 2
    with serve(clock=world, data=data) as server:
        wang.url = server.base_url
        wang.http = httpx.Client(base_url=wang.url, headers={"Origin": wang.url}, trust_env=False)
        assert [(r.st, r.seq) for r in wang.push()][:1] == [("applied", 1)]
