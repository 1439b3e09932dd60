"""A broken chain is closed and gone on from under a new key: nothing lost, nothing doubled, no time gained (PROTOCOL §6; I2, I9, I26)."""

import copy
from typing import Any

import msgspec
import pytest

from server.domain.incident.ops import Report
from server.gateway.windows import original_text
from sync import messages as m
from sync.keys import key_from
from sync.ops import OP_BYTES_MAX, next_link
from sync.outbox import OutboxOp
from tests.server.conftest import Open
from tests.support.cast import KINDS, PERSONAS, Cast, Device, fresh_secret
from tests.support.clock import DeviceClocks, Ids, World

START = 1_773_799_800_000
HOUR, MINUTE = 3_600_000, 60_000


@pytest.fixture(scope="module")
def world() -> World:
    return World(START)


def report(device: Device, text: str) -> OutboxOp:
    place = sorted(device.replica.bodies("post"))[0]
    return device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=text))


def texts(cast: Cast, prefix: str) -> list[str]:
    found = (body["text"] for body in cast["周"].pull().replica.bodies("incident").values())
    return sorted(text for text in found if text.startswith(prefix))


def copy_of(device: Device) -> Device:
    """The same browser profile, as it was when it was copied."""
    twin = Device(device.url, device.clocks)
    twin.http.cookies = device.http.cookies
    clocks, device.replica.time.clocks = device.replica.time.clocks, None  # type: ignore[assignment]
    twin.replica = copy.deepcopy(device.replica)
    twin.replica.time.clocks = device.replica.time.clocks = clocks
    twin.replica.new_id = Ids(fresh_secret())
    twin.uid, twin.nonce = device.uid, device.nonce
    return twin


def enrol_anew(device: Device, persona: str = "林") -> m.Enrol:
    """The device goes on under a new key; the message it did so with."""
    session = device.sign_in(PERSONAS[persona])
    message = device.replica.enrol_anew(key_from(fresh_secret()), session.nonce)
    device.replica.enrolled(msgspec.json.decode(device.post("devices", message).raise_for_status().content, type=m.Enrolled))
    return message


def test_a_rolled_back_profile_goes_on_under_a_new_key_and_nothing_is_lost_or_doubled(cast: Cast) -> None:
    lin = cast.device("林").pull()
    for n in range(3):
        report(lin, f"one-{n}")
    lin.push()
    twin = copy_of(lin)
    report(lin, "one-of the profile")
    lin.push()
    report(twin, "one-of the copy")
    assert twin.push_once(twin.replica.push()).stop == m.Stop("fork", want=5)
    twin.push()
    assert twin.replica.trouble == "fork"
    old = lin.replica.dev
    enrol_anew(twin)
    results = twin.push()
    assert [(r.st, r.first) for r in results] == [("dup", "applied")] * 3 + [("applied", None)]
    assert texts(cast, "one-") == ["one-0", "one-1", "one-2", "one-of the copy", "one-of the profile"]
    # The old chain is closed: what it had is answered as before, nothing is added, and its socket is told.
    report(lin, "one-later")
    assert lin.push_once(lin.replica.push()).stop == m.Stop("fork", want=5)
    with lin.socket() as socket:
        hi = msgspec.json.decode(socket.recv(timeout=5), type=m.Hi)
        socket.send(msgspec.json.encode(lin.replica.hello(hi)), text=True)
        with pytest.raises(Exception, match="4409"):
            socket.recv(timeout=5)
    # The profile itself goes on in the same way, from the same chain.
    lin.push()
    assert lin.replica.trouble == "fork"
    enrol_anew(lin)
    assert [(r.st, r.first) for r in lin.push()] == [("dup", "applied")] * 4 + [("applied", None)]
    assert texts(cast, "one-") == ["one-0", "one-1", "one-2", "one-later", "one-of the copy", "one-of the profile"]
    row = cast["管"].pull().replica.body("device.state", old)
    assert row["closed"]
    for device in (lin, twin):
        assert device.pull().replica.state() == device.refetch()


def longest(device: Device, mark: str) -> OutboxOp:
    """A record of exactly the bytes that one may have."""
    place, now = sorted(device.replica.bodies("post"))[0], device.replica.time.now()
    bare = Report("other", place, now, 3, text=mark)
    room = OP_BYTES_MAX - len(device.replica.draft(KINDS["incident.report"], bare).body.encode())
    op = device.save("incident.report", msgspec.structs.replace(bare, text=mark + "x" * room))
    assert len(op.body.encode()) == OP_BYTES_MAX
    return op


def test_the_longest_record_stays_what_it_is_when_it_is_signed_again(cast: Cast) -> None:
    """I1, I2: where it stood before makes it longer. Read by nobody, it was held as INVALID and could never take effect."""
    lin = cast.device("林").pull()
    sent = longest(lin, "two-sent ")
    first = lin.push()
    waiting = longest(lin, "two-waiting ")
    enrol_anew(lin)
    results = lin.push()
    assert [(r.id, r.st, r.first) for r in results] == [(sent.id, "dup", first[0].st), (waiting.id, first[0].st, None)]
    lin.pull()
    assert lin.replica.pending == []
    assert all(op.result is not None for op in lin.replica.outbox)


def test_a_dup_answered_by_pull_says_what_became_of_the_op_first(cast: Cast) -> None:
    lin = cast.device("林").pull()
    report(lin, "two-known")
    lin.push_once(lin.replica.push())
    enrol_anew(lin)
    lin.push_once(lin.replica.push())
    lin.pull()
    assert [(op.state, op.result.first) for op in lin.replica.outbox if op.result] == [("applied", "applied")]


def test_naming_somebody_elses_device_closes_nothing_and_tells_nothing(cast: Cast) -> None:
    lin, wang = cast.device("林").pull(), cast.device("王")
    replies = []
    for after in (wang.replica.dev, "0" * 32, None):
        device = Device(lin.url, lin.clocks)
        session = device.sign_in(PERSONAS["林"])
        message = msgspec.structs.replace(device.replica.enrol(session.nonce), after=after)
        replies.append(device.post("devices", message).raise_for_status().json())
    assert len({tuple(sorted(reply)) for reply in replies}) == 1
    assert [r.st for r in wang.push()] == []
    assert not cast["管"].pull().replica.body("device.state", wang.replica.dev).get("closed", False)


# --- time ------------------------------------------------------------------------------------------------------------


def grades(results: list[m.Result]) -> list[tuple[str | None, str]]:
    return [(r.code, r.grade) for r in results]


def lied(op: OutboxOp, at: int, **changes: Any) -> str:
    """The op's text with its wall clock put back so that it claims `at`."""
    body = msgspec.json.decode(op.body)
    clk = body["clk"] | {"w": at - (body["clk"].get("off") or 0)}
    return msgspec.json.encode(body | {"clk": clk} | changes).decode()


def append(device: Device, body: dict[str, Any]) -> None:
    head = device.replica.head
    placed = body | {"dev": device.replica.dev, "seq": head.seq + 1, "prev": head.hash}
    device.replica.append(body["id"], body["k"], body["rid"], msgspec.json.encode(placed).decode())


def test_what_was_pending_when_the_chain_broke_keeps_what_its_time_is_worth(opened: Open) -> None:
    world = World(START)
    with opened(world) as server:
        cast = Cast(server.base_url, world)
        lin = cast.device("林").pull()
        report(lin, "sent")
        lin.push()
        world.pass_ms(HOUR)
        for n in range(3):
            report(lin, f"pending {n}")
            world.pass_ms(MINUTE)
        lin.pull()  # a contact that reports the head: they were written by now
        world.pass_ms(2 * HOUR)
        enrol_anew(lin)
        assert grades(lin.push()) == [(None, "A")] * 4
        lin.pull()
        world.pass_ms(HOUR)
        # A second time, from the second chain: where an op stood first is still told and still proven.
        report(lin, "later")
        enrol_anew(lin)
        assert grades(lin.push()) == [(None, "A")] * 5
        cast.close()


def broken(world: World, url: str) -> tuple[Device, OutboxOp]:
    """A device known at 10:10 and, by a contact at 11:10, to have one op and no more; then an op at 11:20. Its chain is to be broken."""
    lin = Cast(url, world).device("林").pull()
    report(lin, "honest")
    lin.push()
    world.pass_ms(HOUR)
    lin.pull()
    world.pass_ms(10 * MINUTE)
    return lin, report(lin, "said to be earlier")


def test_an_op_made_after_a_contact_cannot_be_moved_before_it_by_breaking_the_chain(opened: Open) -> None:
    """Whatever the re-signed op says of where it stood: the first chain's contacts count, or the enrolment of the new one."""
    world = World(START)
    with opened(world) as server:
        lin, op = broken(world, server.base_url)
        old_first = lin.replica.outbox[0]
        claim = START + 30 * MINUTE
        quoted = msgspec.json.decode(old_first.body)["clk"]["b"]

        def attack(orig: dict[str, Any] | None, honest_text: bool = True) -> tuple[str | None, str]:
            """Enrol anew, then sign the op again with an earlier claim and this origin."""
            device = Device(lin.url, DeviceClocks(world))
            session = device.sign_in(PERSONAS["林"])
            after = lin.replica.dev if orig is not None else None
            message = msgspec.structs.replace(device.replica.enrol(session.nonce), after=after)
            device.replica.enrolled(msgspec.json.decode(device.post("devices", message).raise_for_status().content, type=m.Enrolled))
            body = msgspec.json.decode(lied(op, claim))
            body["clk"]["b"] = quoted
            body["id"] = body["rid"] = device.replica.new_id(world.at)
            if orig is not None:
                body["orig"] = orig
            append(device, body)
            (result,) = device.push()
            return result.code, result.grade

        old = lin.replica.dev
        # A new device that says nothing of an older one: it had no op before it was enrolled.
        assert attack(None) == ("BACKDATED", "C")
        # An origin that cannot be proven.
        assert attack({"dev": old, "seq": 2, "link": "00" * 32}) == ("BACKDATED", "C")
        # The link of an honest op, for other content.
        assert attack({"dev": old, "seq": 2, "link": op.link}) == ("BACKDATED", "C")
        assert attack({"dev": old, "seq": 1, "link": old_first.link}) == ("BACKDATED", "C")


@pytest.mark.parametrize("place", [1, 2])
def test_a_forged_origin_that_hashes_well_gains_no_earlier_time(opened: Open, place: int) -> None:
    """The forger knows his chain and computes a link for any content: as number 2, after the contact, or in the place of number 1."""
    world = World(START)
    with opened(world) as server:
        lin, op = broken(world, server.base_url)
        old = lin.replica.dev
        before = lin.replica.link(place - 1)
        quoted = msgspec.json.decode(lin.replica.outbox[0].body)["clk"]["b"]
        body = msgspec.json.decode(lied(op, START + 30 * MINUTE)) | {"seq": place, "prev": before}
        body["clk"]["b"] = quoted
        body["id"] = body["rid"] = lin.replica.new_id(world.at)
        forged = msgspec.json.encode(body).decode()
        link = next_link(bytes.fromhex(before), forged).hex()
        device = Device(lin.url, DeviceClocks(world))
        session = device.sign_in(PERSONAS["林"])
        message = msgspec.structs.replace(device.replica.enrol(session.nonce), after=old)
        device.replica.enrolled(msgspec.json.decode(device.post("devices", message).raise_for_status().content, type=m.Enrolled))
        append(device, body | {"orig": {"dev": old, "seq": place, "link": link}})
        (result,) = device.push()
        assert (result.st, result.code, result.grade) == ("applied", "BACKDATED", "C")


def test_rewriting_what_a_reported_head_covered_is_seen_when_it_is_signed_again(opened: Open) -> None:
    """Three pending ops were covered by a head reported at 11:10; afterwards the second is rewritten and all three signed again."""
    world = World(START)
    with opened(world) as server:
        lin = Cast(server.base_url, world).device("林").pull()
        report(lin, "sent")
        lin.push()
        world.pass_ms(MINUTE)
        pending = [report(lin, f"pending {n}") for n in range(3)]
        world.pass_ms(HOUR)
        lin.pull()
        world.pass_ms(HOUR)
        prev, links = lin.replica.link(1), []
        bodies = []
        for n, op in enumerate(pending):
            body = msgspec.json.decode(op.body) | {"prev": prev}
            if n == 1:
                body["a"]["text"] = "rewritten"
            prev = next_link(bytes.fromhex(prev), msgspec.json.encode(body).decode()).hex()
            links.append(prev)
            bodies.append(body)
        device = Device(lin.url, DeviceClocks(world))
        session = device.sign_in(PERSONAS["林"])
        message = msgspec.structs.replace(device.replica.enrol(session.nonce), after=lin.replica.dev)
        device.replica.enrolled(msgspec.json.decode(device.post("devices", message).raise_for_status().content, type=m.Enrolled))
        for n, body in enumerate(bodies):
            append(device, body | {"orig": {"dev": lin.replica.dev, "seq": n + 2, "link": links[n]}})
        assert grades(device.push()) == [("BACKDATED", "C")] * 3


@pytest.mark.parametrize("front", [True, False], ids=["at the front", "in their place"])
def test_the_old_text_is_found_again_wherever_the_new_place_was_written(front: bool) -> None:
    rest = '"id":"i","t":"e","k":"x","sv":1,"rid":"r","a":{"text":"岗\\n\\u0001","n":1.50},"clk":{"w":1,"o":"l","m":2},"if":{"a":1}'
    old = f'{{"v":1,"site":"yunting","dev":"{"a" * 32}","seq":7,"prev":"{"0" * 64}",{rest}}}'
    new_place = f'"dev":"{"b" * 32}","seq":1,"prev":"{"1" * 64}"'
    orig = f'"orig":{{"dev":"{"a" * 32}","seq":7,"link":"x"}}'
    text = f'{{{new_place},"v":1,"site":"yunting",{rest},{orig}}}' if front else f'{{"v":1,"site":"yunting",{new_place},{rest},{orig}}}'
    assert original_text(text, "a" * 32, 7, "0" * 64) == old
