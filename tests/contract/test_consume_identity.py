"""Nothing that somebody else sends takes an op's effect, number or place away from it; nothing unkept is acknowledged (I2, I5, I7)."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.domain.base import APPLIED, Op, Outcome, Tx
from server.store import aside, ledger
from server.store.contract import StoreTrouble, Unit
from sync.replica import Replica
from tests.contract.test_consume import Bench, run, text_of
from tests.support.tiny import WRITE, NoteRecord, Write, domain, show


def write_by_op_id(tx: Tx, op: Op[Write]) -> Outcome:
    """A note kept under the op's id, as institutions keep facts that have no record of their own."""
    show(tx, NoteRecord(rid=op.id, text=op.a.text, writer=op.actor.uid))
    return APPLIED


def claim(replica: Replica, op_id: str, text: str, rid: str) -> str:
    """An op of this device under an id of the test's choice."""
    op = replica.save(WRITE, Write(text), rid=rid)
    replica.outbox.pop()
    body = text_of(op, id=op_id)
    replica.append(op_id, "note.write", rid, body)
    return body


def test_an_id_somebody_else_has_used_takes_nothing_from_an_op(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        stranger, wang = await bench.device("stranger", secret=8), await bench.device("wang")
        op_id = wang.new_id(1)
        claim(stranger, op_id, "first", "n0")
        assert [r.st for r in (await bench.push(stranger))[0]] == ["applied"]
        body = claim(wang, op_id, "mine", "n1")
        once, stop = await bench.push(wang)
        assert [(r.seq, r.id, r.st, r.first, stop) for r in once] == [(1, op_id, "applied", None, None)]
        assert sorted(await bench.rows("note")) == ["n0", "n1"]
        assert (await bench.push(wang, bodies=[body]))[0] == once
        own = await bench.store.read(lambda sql: [k.row_body for k in kept_of(sql, wang)])
        assert [msgspec.json.decode(text)["rid"] for text in own] == ["n1"]

    run(tmp_path, test)


def kept_of(sql: Any, replica: Replica) -> list[ledger.Kept]:
    known = ledger.device(sql, replica.dev)
    assert known is not None
    return ledger.live_results(sql, known, known.seq)


def test_an_op_resigned_after_a_clash_of_ids_is_still_a_repetition(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        stranger, wang = await bench.device("stranger", secret=8), await bench.device("wang")
        op_id = wang.new_id(1)
        claim(stranger, op_id, "first", "n0")
        await bench.push(stranger)
        claim(wang, op_id, "mine", "n1")
        await bench.push(wang)
        new = await bench.device("wang", secret=9)
        claim(new, op_id, "mine", "n1")
        assert [(r.st, r.first) for r in (await bench.push(new))[0]] == [("dup", "applied")]
        assert await bench.rows("note.count") == {"P1": '{"touched":2}'}

    run(tmp_path, test)


def test_facts_kept_under_the_id_of_an_op_are_not_overwritten_by_anothers(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang, stranger = await bench.device("wang"), await bench.device("stranger", secret=8)
        op_id = wang.new_id(1)
        for replica, text in ((wang, "mine"), (stranger, "theirs")):
            claim(replica, op_id, text, "n1")
            assert [r.st for r in (await bench.push(replica))[0]] == ["applied"]
        notes = await bench.rows("note")
        assert notes.pop(op_id) == '{"text":"mine","state":"open"}'
        assert list(notes.values()) == ['{"text":"theirs","state":"open"}']

    run(tmp_path, test, domain(handlers={"note.write": write_by_op_id, "note.close": write_by_op_id}))


def test_bytes_that_are_no_op_find_their_place_again_though_another_has_their_id(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        stranger, wang = await bench.device("stranger", secret=8), await bench.device("wang")
        op_id = wang.new_id(1)
        claim(stranger, op_id, "first", "n0")
        await bench.push(stranger)
        broken = msgspec.json.encode({"id": op_id, "no": "op"}).decode()
        wang.append(op_id, "", "", broken)
        first, _ = await bench.push(wang)
        assert [(r.seq, r.st, r.code) for r in first] == [(1, "held", "INVALID")]
        await bench.do(wang, "next", rid="n1")
        again, stop = await bench.push(wang, bodies=[broken])
        assert (again, stop) == (first, None)

    run(tmp_path, test)


@pytest.mark.parametrize("seq", [0, -1, -(10**30), 10**30])
@pytest.mark.parametrize("led", [False, True], ids=["first", "after bytes that are no op"])
def test_a_number_no_chain_has_stops_the_push_and_breaks_nothing(tmp_path: Path, seq: int, led: bool) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        op = wang.save(WRITE, Write("x"), rid="n1")
        bodies = ["{}"] * led + [text_of(op, seq=seq)]
        results, stop = await bench.push(wang, bodies=bodies)
        assert (results, stop and stop.code, stop and stop.want) == ([], "gap" if seq > 1 else "fork", 1)
        assert [r.st for r in (await bench.push(wang))[0]] == ["applied"]

    run(tmp_path, test)


@pytest.mark.parametrize(("last", "text", "about"), [("wait", "child", "nowhere"), ("bury", "crash", "")])
@pytest.mark.parametrize("alone", [True, False])
def test_an_op_the_store_could_not_keep_to_the_end_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, text: str, about: str, alone: bool
) -> None:
    def full(*_: object) -> None:
        raise StoreTrouble(True, "disk full")

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        if not alone:
            wang.save(WRITE, Write("before"), rid="n1")
        wang.save(WRITE, Write(text, about), rid="n2")
        with monkeypatch.context() as broken:
            broken.setattr(aside, last, full)
            if alone:
                with pytest.raises(StoreTrouble):
                    await bench.push(wang)
            else:
                results, stop = await bench.push(wang)
                assert ([r.rid for r in results], stop and stop.code) == (["n1"], "busy")
        assert wang.acked == len(await bench.result_rows(wang.dev)) == (0 if alone else 1)
        assert [(r.rid, r.st) for r in (await bench.push(wang))[0]] == [("n2", "held")]

    run(tmp_path, test)


def test_heads_reported_without_end_are_not_kept_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every push looks through the heads of its device inside the writer: one phone must not make that long. The nearest ones stay."""
    monkeypatch.setattr(ledger, "CONTACTS_MAX", 4)

    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")

        def reports(unit: Unit) -> list[int]:
            for seq in (90, 80, 70, 60, 50, 95, 10, 50):
                with unit.step() as tx:
                    known = ledger.known_device(tx.sql, wang.dev)
                    ledger.add_contact(tx, known, seq, bytes(32))
            return [contact.seq for contact in ledger.all_contacts(unit.sql, ledger.known_device(unit.sql, wang.dev))]

        assert await bench.store.write(reports) == [10, 50, 60, 70]

    run(tmp_path, test)
