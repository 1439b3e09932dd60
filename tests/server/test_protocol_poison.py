"""Poison: an op whose handler crashes costs nobody else anything (laws I4, I5, I6), and leaves nothing half done."""

from typing import ClassVar

import msgspec
import pytest

from server.app import DOMAINS
from server.domain.base import APPLIED, Domain, Face, Op, Outcome, Record, Tx, refused
from sync.ops import RowKind, evidence
from tests.support.cast import Cast, Device

HOW = {
    "error": ValueError("poison"),
    "deep": RecursionError("poison"),
    "key": KeyError("poison"),
    "stop": StopIteration("poison"),
    "assert": AssertionError("poison"),
}


class Note(msgspec.Struct):
    """Arguments of the test's own op: `how` names the crash, "" for none."""

    text: str
    how: str = ""


class NoteRow(msgspec.Struct):
    """Row `note`, for inspectors."""

    texts: list[str]


class NoteRecord(Record):
    """What notes leave."""

    TABLE: ClassVar[str] = "test_note"

    texts: list[str]


def note(tx: Tx, op: Op[Note]) -> Outcome:
    """Writes first, crashes then."""
    record = tx.get(NoteRecord, op.rid) or NoteRecord(rid=op.rid, texts=[])
    record.texts = [*record.texts, op.a.text]
    tx.put(record)
    tx.project(Face("note", op.rid, frozenset({"role:INS"}), NoteRow(record.texts)))
    if op.a.how == "refused":
        return refused("GONE")
    if op.a.how == "late":
        tx.touch("poison")
    elif op.a.how:
        raise HOW[op.a.how]
    return APPLIED


def settle(_: Tx, posts: frozenset[str]) -> None:
    """Crashes after the handler has decided."""
    if "poison" in posts:
        raise LookupError("poison")


NOTE = evidence("test.note", 1, Note)
POISON = Domain("poison", (NOTE,), (RowKind("note", NoteRow),), (NoteRecord,), {"test.note": note}, settle)


@pytest.fixture(scope="module")
def domains() -> tuple[Domain, ...]:
    return (*DOMAINS, POISON)


def say(device: Device, text: str, how: str = "", rid: str | None = None) -> str:
    return device.replica.save(NOTE, Note(text, how), rid).rid


def test_one_poison_op_among_a_hundred_costs_the_others_nothing(cast: Cast) -> None:
    lin = cast.device("林")
    for n in range(100):
        say(lin, f"n{n}", "error" if n == 57 else "")
    results = lin.push()
    assert [(r.st, r.code) for r in results if r.st != "applied"] == [("held", "INTERNAL")]
    assert (len(results), results[57].code, lin.replica.head.seq) == (100, "INTERNAL", 100)
    notes = lin.pull().replica.bodies("note")
    mine = [body["texts"] for rid, body in notes.items() if rid in {op.rid for op in lin.replica.outbox}]
    assert sorted(texts[0] for texts in mine) == sorted(f"n{n}" for n in range(100) if n != 57)


@pytest.mark.parametrize("how", [*HOW, "refused", "late"])
def test_nothing_of_a_crashed_op_remains_but_its_bytes_and_result(cast: Cast, how: str) -> None:
    lin = cast.device("林")
    rid = say(lin, "vorher")
    lin.push()
    say(lin, "crash", how, rid)
    (result,) = lin.push()
    assert (result.st, result.code) == ("held", "INTERNAL")
    assert lin.pull().replica.body("note", rid) == {"texts": ["vorher"]}
    assert lin.replica.state() == lin.refetch()


def test_later_ops_of_the_device_on_that_record_stay_behind_it_and_others_go_on(cast: Cast) -> None:
    lin, other = cast.device("林"), cast.device("林")
    rid = say(lin, "eins")
    say(lin, "zwei", "key", rid)
    say(lin, "drei", "", rid)
    free = say(lin, "frei")
    assert [(r.st, r.code) for r in lin.push()] == [("applied", None), ("held", "INTERNAL"), ("held", "BEHIND_HELD"), ("applied", None)]
    say(lin, "vier", "", rid)
    assert [(r.st, r.code) for r in lin.push()] == [("held", "BEHIND_HELD")]
    say(other, "fünf", "", rid)
    assert [r.st for r in other.push()] == ["applied"]
    notes = lin.pull().replica.bodies("note")
    assert (notes[rid]["texts"], notes[free]["texts"]) == (["eins", "fünf"], ["frei"])


def test_a_crash_is_answered_the_same_way_when_it_is_sent_again(cast: Cast) -> None:
    lin = cast.device("林")
    say(lin, "nochmal", "error")
    push = lin.replica.push()
    assert lin.push_once(push).results == lin.push_once(push).results


def test_the_result_of_a_crash_arrives_by_pull_too(cast: Cast) -> None:
    lin = cast.device("林")
    say(lin, "verloren", "error")
    lin.push_once(lin.replica.push())
    (op,) = lin.pull().replica.outbox
    assert (op.state, op.result and op.result.code) == ("held", "INTERNAL")
