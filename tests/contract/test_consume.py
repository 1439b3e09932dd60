"""What becomes of an op (PROTOCOL §1), with the tiny institution on the real store.

Every outcome consumes its number, nothing blocks what follows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.domain.base import Domain
from server.gateway.consume import Consumer
from server.gateway.push import anchor, arrange
from server.store import ledger, people
from server.store.contract import Unit
from server.store.institutions import Institutions
from server.store.ledger import readable
from server.store.people import Account
from server.store.sqlite import SqliteStore
from sync.cursor import BeaconMark, Seal
from sync.keys import key_from
from sync.messages import Beacon, Head, Push, Result, Stop
from sync.ops import first_link
from sync.replica import OutboxOp, Replica
from tests.support.clock import DeviceClocks, Ids, World
from tests.support.stores import START, opened
from tests.support.tiny import CLOSE, WRITE, Close, Write, domain

HOUR = 3_600_000


class Bench:
    """A store with two people, each with a device; pushes go straight to the consumer."""

    def __init__(self, store: SqliteStore, world: World, tiny: Domain, gathered: bool) -> None:
        self.store, self.world, self.gathered = store, world, gathered
        self.institutions = Institutions((tiny,))
        self.seal = Seal(store.facts.seal_key, store.facts.id, store.facts.epoch)

    async def device(self, uid: str, *roles: str, secret: int = 7) -> Replica:
        """An enrolled device of a person with these roles."""
        replica = Replica("yunting", key_from(secret), DeviceClocks(self.world), Ids(secret), "load")

        def unit(unit: Unit) -> None:
            with unit.step() as tx:
                people.put_account(tx, Account(uid, uid, uid, None, "u01", roles or ("STF",)))
                ledger.add_device(tx, replica.dev, replica.key.public, uid, "", first_link("yunting", replica.dev))

        await self.store.write(unit)
        self.hear(replica)
        return replica

    def hear(self, replica: Replica) -> None:
        """The device hears from the server: it knows a beacon and its own error."""
        beacon_id = self.seal.beacon_id(BeaconMark(self.world.at, bytes.fromhex(replica.head.hash)[:8]))
        replica.time.contact(self.world.at, Beacon(beacon_id, self.world.at, replica.head.hash, ""))

    async def push(self, replica: Replica, seen: int = 0, bodies: list[str] | None = None) -> tuple[list[Result], Stop | None]:
        """Send what waits (or these bodies); the replica settles what was consumed."""
        bodies = [op.body for op in replica.pending] if bodies is None else bodies
        message = Push(1, replica.dev, bodies, "", None, seen)

        def unit(unit: Unit) -> tuple[Head, list[Result], Stop | None]:
            device = ledger.device(unit.sql, replica.dev)
            assert device is not None
            decoded = [readable(text) for text in bodies]
            consumer = Consumer(unit, self.institutions, self.seal, device)
            stop = consumer.consume(arrange(message, decoded, *anchor(unit.sql, message, decoded, device)), seen)
            return consumer.device.head, consumer.results, stop

        head, results, stop = await self.store.write(unit, repeatable=self.gathered)
        replica.acked = head.seq
        return results, stop

    async def do(self, replica: Replica, text: str = "x", **more: Any) -> Result:
        """One note, sent at once."""
        replica.save(WRITE, Write(text, more.pop("about", "")), **more)
        (result,) = (await self.push(replica))[0]
        return result

    async def rows(self, kind: str) -> dict[str, str]:
        """Bodies of a kind by rid."""
        return dict(
            await self.store.read(lambda sql: sql.all("SELECT rid, body FROM view_row WHERE kind = ? AND body IS NOT NULL", (kind,)))
        )

    async def result_rows(self, dev: str) -> list[tuple[int, str, int]]:
        """(seq, state, live) of a device's results."""
        query = "SELECT r.seq, r.st, r.live FROM result r JOIN device d ON d.n = r.device WHERE d.dev = ? ORDER BY r.seq"
        return await self.store.read(lambda sql: sql.all(query, (dev,)))


def run(tmp_path: Path, test: Callable[[Bench], Awaitable[None]], tiny: Domain | None = None) -> None:
    """Run a test twice: with writes gathered as a push has it, and with each write at once as after trouble."""

    async def whole(gathered: bool) -> None:
        world = World(START)
        async with opened(tmp_path / f"{gathered}.sqlite", (tiny or domain(),), world) as store:
            await test(Bench(store, world, tiny or domain(), gathered))

    for gathered in (True, False):
        asyncio.run(whole(gathered))


def text_of(op: OutboxOp, **changes: Any) -> str:
    """The op's body with fields changed."""
    return msgspec.json.encode(msgspec.json.decode(op.body) | changes).decode()


def test_applied_shows_the_faces_settles_the_posts_and_tells_the_device(tmp_path: Path) -> None:
    """GEN-01: what was said stays in the ledger as it was."""

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        result = await bench.do(wang, "hello", rid="n1")
        assert (result.st, result.code, result.seq, result.k, result.rid, result.at) == ("applied", None, 1, "note.write", "n1", START)
        assert await bench.rows("note") == {"n1": '{"text":"hello","state":"open"}'}
        assert await bench.rows("note.pub") == {"n1": '{"state":"open"}'}
        assert await bench.rows("note.count") == {"P1": '{"touched":1}'}
        assert await bench.result_rows(wang.dev) == [(1, "applied", 1)]

    run(tmp_path, test)


def test_a_crash_is_held_with_its_bytes_and_an_alarm_and_others_go_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Laws I4, I5, I6: 99 of 100 land, the poison one is kept, later ops on its record wait behind it."""

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        for n in range(100):
            wang.save(WRITE, Write("crash" if n == 50 else "fine"), rid="poisoned" if n in (50, 60) else f"n{n}")
        caplog.clear()
        with caplog.at_level(logging.ERROR, "zaigang.alarm"):
            results, stop = await bench.push(wang)
        assert stop is None
        assert [(r.seq, r.st, r.code) for r in results if r.st != "applied"] == [(51, "held", "INTERNAL"), (61, "held", "BEHIND_HELD")]
        assert len(await bench.rows("note")) == 98
        assert "poisoned" not in await bench.rows("note")
        assert [record.name for record in caplog.records] == ["zaigang.alarm"]
        ((rid, error),) = await bench.store.read(lambda sql: sql.all("SELECT rid, error FROM dead_op"))
        assert rid == "poisoned"
        assert "told to" in error
        other = await bench.device("li", secret=8)
        assert (await bench.do(other, rid="poisoned")).st == "applied"

    run(tmp_path, test)


def test_what_a_handler_holds_leaves_no_trace_but_its_result(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        result = await bench.do(wang, "hold", rid="n1")
        assert (result.st, result.code) == ("held", "NO_RIGHT")
        assert (await bench.rows("note"), await bench.rows("note.count")) == ({}, {})
        assert (await bench.do(wang, rid="n1")).st == "applied"

    run(tmp_path, test)


@pytest.mark.parametrize(
    ("changes", "st", "code"),
    [
        ({"k": "note.unheard"}, "held", "UNSUPPORTED"),
        ({"sv": 2}, "held", "UNSUPPORTED"),
        ({"a": {"text": 5}}, "held", "INVALID"),
        ({"a": {}}, "held", "INVALID"),
        ({"t": "c"}, "held", "INVALID"),
        ({"site": "jinghu"}, "held", "INVALID"),
        ({"dev": "0" * 32}, "held", "INVALID"),
        ({"id": 7}, "held", "INVALID"),
        ({"id": "x" * 5000}, "held", "INVALID"),
        ({"clk": None}, "held", "INVALID"),
        ({"a": {"text": "x" * 40_000}}, "held", "INVALID"),
    ],
)
def test_an_op_that_cannot_be_taken_is_kept_and_consumes_its_number(tmp_path: Path, changes: dict[str, Any], st: str, code: str) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        good = wang.save(WRITE, Write("x"))
        bad = text_of(good, **changes)
        results, stop = await bench.push(wang, bodies=[bad])
        assert stop is None
        assert [(r.seq, r.st, r.code) for r in results] == [(1, st, code)]
        assert await bench.rows("note") == {}
        assert await bench.store.read(lambda sql: sql.one("SELECT body FROM op")) == (bad,)
        again, _ = await bench.push(wang, bodies=[bad])
        assert again == results

    run(tmp_path, test)


def test_bytes_that_are_no_op_at_all_take_their_place_in_the_chain(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        for junk in ("", "{", "[]", "null", "{}", '"x"', "[" * 3000, "{}"):
            wang.append(f"junk{len(wang.outbox)}", "", "", junk)
        wang.save(WRITE, Write("after"), rid="n1")
        results, stop = await bench.push(wang)
        assert stop is None
        assert [r.st for r in results] == ["held"] * 7 + ["dup", "applied"]
        assert len({r.id for r in results}) == 8
        assert set(await bench.rows("note")) == {"n1"}

    run(tmp_path, test)


def test_a_command_with_bad_arguments_is_refused(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        office = await bench.device("office", "OFF")
        op = office.save(CLOSE, Close(), rid="n1")
        results, _ = await bench.push(office, bodies=[text_of(op, a=[])])
        assert [(r.st, r.code) for r in results] == [("refused", "INVALID")]

    run(tmp_path, test)


def test_a_command_decides_on_what_its_device_sees(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang, office = await bench.device("wang"), await bench.device("office", "OFF", secret=8)
        await bench.do(wang, "one", rid="n1")
        await bench.do(wang, "two", rid="n1")

        async def close(rid: str, **guard: int) -> tuple[str, str | None, int | None]:
            office.save(CLOSE, Close(), rid=rid, guard=guard)
            (result,) = (await bench.push(office))[0]
            return result.st, result.code, result.cur

        assert await close("n1", n1=3) == ("refused", "STALE", 2)
        assert await close("n1", never=1) == ("refused", "GONE", None)
        assert await close("n1", n1=2) == ("applied", None, None)
        assert await close("n1", n1=2) == ("refused", "STALE", 3)

    run(tmp_path, test)


def test_the_same_bytes_again_give_the_same_result_and_a_resigned_op_is_dup(tmp_path: Path) -> None:
    """Law I2: no op id of a person takes effect twice, whichever device sends it again."""

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        first = wang.save(WRITE, Write("x"), rid="n1")
        once, _ = await bench.push(wang)
        assert (await bench.push(wang, bodies=[first.body]))[0] == once
        again = wang.append(first.id, "note.write", "n1", text_of(first, seq=2, prev=first.link))
        results, _ = await bench.push(wang)
        assert [(r.seq, r.id, r.st, r.first, r.code) for r in results] == [(2, first.id, "dup", "applied", None)]
        assert await bench.rows("note.count") == {"P1": '{"touched":1}'}
        other = await bench.device("wang", secret=9)
        other.append(first.id, "note.write", "n1", text_of(first, dev=other.dev, prev=other.link(0)))
        results, _ = await bench.push(other)
        assert [(r.seq, r.st, r.first) for r in results] == [(1, "dup", "applied")]
        assert await bench.store.read(lambda sql: sql.all("SELECT body FROM op WHERE id IS NULL"))
        assert (await bench.push(wang, bodies=[again.body]))[0][0].st == "dup"

    run(tmp_path, test)


def test_gap_and_fork_stop_and_consume_nothing(tmp_path: Path) -> None:
    """Laws I3 and I9."""

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        await bench.do(wang)
        later = [wang.save(WRITE, Write(f"{n}")) for n in range(3)]
        for bodies, code in (
            ([later[1].body], "gap"),
            ([text_of(later[0], prev="00" * 32)], "fork"),
            ([text_of(wang.outbox[0], a={"text": "other"})], "fork"),
        ):
            results, stop = await bench.push(wang, bodies=bodies)
            assert (results, stop) == ([], Stop(code, want=2)), code  # type: ignore[arg-type]
        results, stop = await bench.push(wang, bodies=[later[0].body, later[2].body])
        assert [r.seq for r in results] == [2]
        assert stop is not None
        assert stop.code in ("gap", "fork")
        assert [r.st for r in (await bench.push(wang))[0]] == ["applied", "applied"]

    run(tmp_path, test)


def test_what_waits_for_a_record_goes_on_when_it_arrives(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang, li = await bench.device("wang"), await bench.device("li", secret=8)
        assert (await bench.do(wang, rid="child", about="parent")).code == "REF_WAIT"
        assert (await bench.do(wang, rid="grandchild", about="child")).code == "REF_WAIT"
        assert (await bench.do(li, rid="other")).st == "applied"
        assert set(await bench.rows("note")) == {"other"}
        assert (await bench.do(li, rid="parent")).st == "applied"
        assert set(await bench.rows("note")) == {"other", "parent", "child", "grandchild"}
        query = "SELECT r.seq, r.st, r.ver FROM result r JOIN device d ON d.n = r.device WHERE d.dev = ? ORDER BY r.seq"
        assert await bench.store.read(lambda sql: sql.all(query, (wang.dev,))) == [(1, "applied", 2), (2, "applied", 2)]
        assert await bench.store.read(lambda sql: sql.all("SELECT * FROM waiting")) == []

    run(tmp_path, test)


def test_a_child_sent_before_its_parent_in_one_push_is_answered_as_it_ends(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        wang.save(WRITE, Write("child", "parent"), rid="child")
        wang.save(WRITE, Write("parent"), rid="parent")
        results, _ = await bench.push(wang)
        assert [(r.seq, r.st) for r in results] == [(1, "applied"), (2, "applied")]

    run(tmp_path, test)


@pytest.mark.parametrize("seen_before", [True, False])
def test_an_amended_result_stays_however_much_the_device_says_it_has_seen(tmp_path: Path, seen_before: bool) -> None:
    """I7: `seen` may be said of the first result only. Found by simulation."""

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        await bench.do(wang, rid="child", about="parent")
        if seen_before:
            await bench.push(wang, seen=1)
        await bench.do(wang, rid="parent")
        await bench.push(wang, seen=2)
        assert await bench.result_rows(wang.dev) == [(1, "applied", 1), (2, "applied", 0)]

    run(tmp_path, test)


def test_results_leave_the_bucket_when_the_device_has_seen_them(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        for _ in range(4):
            await bench.do(wang)
        await bench.push(wang, seen=2)
        assert [live for _, _, live in await bench.result_rows(wang.dev)] == [0, 0, 1, 1]
        await bench.push(wang, seen=99)
        assert [live for _, _, live in await bench.result_rows(wang.dev)] == [0, 0, 0, 0]
        assert await bench.store.read(lambda sql: sql.one("SELECT seen FROM device WHERE dev = ?", (wang.dev,))) == (4,)

    run(tmp_path, test)


def test_a_person_whose_account_is_gone_can_still_deliver_but_nothing_takes_effect(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        await bench.store.write(lambda unit: unit.sql.run("UPDATE account SET active = 0"))
        result = await bench.do(wang)
        assert (result.st, result.code) == ("held", "NO_RIGHT")

    run(tmp_path, test)


# --- time (PROTOCOL §5, law I26) ----------------------------------------------------------------------------------------------


async def note_contact(bench: Bench, replica: Replica) -> None:
    def unit(unit: Unit) -> None:
        device = ledger.device(unit.sql, replica.dev)
        assert device is not None
        with unit.step() as tx:
            ledger.add_contact(tx, device, replica.head.seq, bytes.fromhex(replica.head.hash))

    await bench.store.write(unit)


def test_a_truthful_device_is_grade_a_and_one_that_never_heard_the_server_is_c(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        never = Replica("yunting", wang.key, DeviceClocks(bench.world), Ids(3), "load")
        deaf = await bench.push(wang, bodies=[never.save(WRITE, Write("never heard the server")).body])
        assert [(r.st, r.grade) for r in deaf[0]] == [("applied", "C")]
        wang = await bench.device("li", secret=8)
        bench.world.pass_ms(HOUR)
        wang.save(WRITE, Write("offline"))
        bench.world.pass_ms(HOUR)
        (result,) = (await bench.push(wang))[0]
        assert (result.st, result.code, result.grade) == ("applied", None, "A")

    run(tmp_path, test)


@pytest.mark.parametrize(("turned_ms", "code"), [(-2 * HOUR, "BACKDATED"), (2 * HOUR, "FUTURE")])
def test_a_claim_outside_the_provable_window_is_applied_with_a_note_and_grade_c(tmp_path: Path, turned_ms: int, code: str) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        bench.world.pass_ms(HOUR)
        op = wang.save(WRITE, Write("x"))
        clk = msgspec.json.decode(op.body)["clk"]
        lie = text_of(op, clk=clk | {"w": clk["w"] + turned_ms})
        (result,) = (await bench.push(wang, bodies=[lie]))[0]
        assert (result.st, result.code, result.grade) == ("applied", code, "C")

    run(tmp_path, test)


def test_a_reported_head_bounds_what_comes_after_it_even_without_a_beacon(tmp_path: Path) -> None:
    """Leaving the beacon out does not help to backdate: the head reported at the last contact proves the op was not there yet."""

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        await bench.do(wang)
        bench.world.pass_ms(10 * HOUR)
        await note_contact(bench, wang)
        op = wang.save(WRITE, Write("x"))
        clk = msgspec.json.decode(op.body)["clk"]
        lie = text_of(op, clk={k: v for k, v in clk.items() if k not in ("b", "bo", "bm")} | {"w": START + 5 * HOUR})
        (result,) = (await bench.push(wang, bodies=[lie]))[0]
        assert result.code == "BACKDATED"

    run(tmp_path, test)


def test_a_head_reported_again_bounds_what_comes_after_it_from_the_last_time(tmp_path: Path) -> None:
    """Fairness of time: quoting an old beacon does not reach back behind a later contact at which the op was not there yet."""

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        await bench.do(wang)
        await note_contact(bench, wang)
        bench.world.pass_ms(3 * HOUR)
        await note_contact(bench, wang)
        op = wang.save(WRITE, Write("x"))
        clk = msgspec.json.decode(op.body)["clk"]
        lie = text_of(op, clk={k: v for k, v in clk.items() if k not in ("b", "bo", "bm")} | {"w": START + HOUR})
        (result,) = (await bench.push(wang, bodies=[lie]))[0]
        assert result.code == "BACKDATED"

    run(tmp_path, test)


def test_a_head_reported_before_the_push_bounds_the_op_from_above(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        op = wang.save(WRITE, Write("x"))
        await note_contact(bench, wang)
        bench.world.pass_ms(10 * HOUR)
        assert (await bench.push(wang))[0][0].code is None
        windows: list[Any] = []

        def spy(tx: Any, op: Any) -> Any:
            windows.append(op.window)
            return domain().handlers["note.write"](tx, op)

        bench.institutions = Institutions((domain(handlers={**domain().handlers, "note.write": spy}),))
        wang.save(WRITE, Write("y"))
        at = bench.world.at
        await note_contact(bench, wang)
        bench.world.pass_ms(HOUR)
        await bench.push(wang)
        assert (windows[0].not_after, windows[0].not_before) == (at, START)
        assert op.seq == 1

    run(tmp_path, test)


def test_contacts_that_no_longer_bound_anything_are_forgotten(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        for _ in range(5):
            await bench.do(wang)
            await note_contact(bench, wang)
        assert await bench.store.read(lambda sql: sql.all("SELECT seq FROM contact")) == [(5,)]

    run(tmp_path, test)
