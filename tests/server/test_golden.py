"""Every op ever released is taken, with the outcome it always had, by a hall brought up from that release (law I25, PROTOCOL §2, R16)."""

import asyncio
import gzip
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from server import golden
from server.__main__ import main
from server.app import DOMAINS
from server.domain.base import APPLIED, Domain, Op, Outcome, Tx
from server.golden.stage import SITE
from server.store.contract import Sql
from server.store.institutions import Institutions
from server.store.sqlite import WRITER, Connection, prepare
from sync import messages as m
from sync.ops import OpKind, Upcast, evidence
from tests.contract.test_consume import Bench, run
from tests.support import tiny
from tests.support.cast import Cast
from tests.support.clock import World
from tests.support.server import serve
from tests.support.stores import START

CORPORA = sorted(golden.FOLDER.glob("release-*"))
RELEASED = {path.name: msgspec.json.decode((path / "corpus.json").read_bytes(), type=golden.Corpus) for path in CORPORA}


def outcome(result: m.Result) -> tuple[Any, ...]:
    return result.seq, result.id, result.k, result.rid, result.st, result.code, result.first, result.grade, result.at


@pytest.mark.parametrize("name", RELEASED)
def test_a_later_release_takes_the_very_bytes_of_an_earlier_one_to_the_same_end(name: str, tmp_path: Path) -> None:
    corpus = golden.load(golden.FOLDER / name, tmp_path / "data")
    assert corpus.sent
    world = World(corpus.sent[0].at)
    with serve(clock=world, data=tmp_path / "data") as server, httpx.Client(base_url=server.base_url, trust_env=False) as http:
        for sent in corpus.sent:
            world.at = sent.at
            server.tick()
            answer = http.post(f"/s/{corpus.site}/push", content=msgspec.json.encode(sent.push)).raise_for_status()
            told = msgspec.json.decode(answer.content, type=m.PushAnswer)
            assert [outcome(r) for r in told.results] == [outcome(r) for r in sent.results]


def test_the_corpus_of_a_finished_release_has_the_bytes_it_was_finished_with() -> None:
    """I25: pinned by `golden --finish`."""
    assert {name: golden.digest(golden.FOLDER / name) for name in golden.finished()} == golden.finished()


def test_a_finished_corpus_is_told_from_a_changed_one_and_not_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I25: one byte is enough."""
    kept = tmp_path / "release-7"
    kept.mkdir()
    (kept / "corpus.json").write_bytes(b"{}")
    (kept / "database.sql.gz").write_bytes(b"zipped")
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    monkeypatch.setattr(golden, "make", None)
    assert main(["golden", "--release", "7", "--finish"]) == 0
    assert golden.finished() == {"release-7": golden.digest(kept)}
    for more in (["--anew"], ["--finish"], []):
        assert main(["golden", "--release", "7", *more]) == 1
    (kept / "database.sql.gz").write_bytes(b"Zipped")
    assert golden.finished() != {"release-7": golden.digest(kept)}


BEFORE = golden.FOLDER / "schema-0009.sql.gz"
"""The demo hall as it was kept before migration 0010, and before several institutions kept more of their records. Never written anew."""


def content(sql: Sql) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Columns and rows of every table."""
    tables = [name for (name,) in sql.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    return {name: ([row[1] for row in sql.all(f'PRAGMA table_info("{name}")')], sql.all(f'SELECT * FROM "{name}"')) for name in tables}


def test_a_hall_kept_before_the_newest_migration_comes_up_with_every_row_it_held_and_serves_them(tmp_path: Path) -> None:
    """Law I25: what devices had said of themselves goes on in another table, everything else stands where it stood."""
    path, world, institutions = tmp_path / "data" / f"{SITE}.sqlite", World(START), Institutions(DOMAINS)
    path.parent.mkdir()
    sql = Connection(path, WRITER)
    sql.raw.executescript(gzip.decompress(BEFORE.read_bytes()).decode())
    for table, less in (("device_open", 1), ("device_vital", 0)):
        sql.run(f"INSERT INTO {table} SELECT n, 10 + n - {less}, n, {START} - n, 'app ' || n, -{less}, n % 2, {START} + n FROM device")
    before = content(sql)
    (first, *_) = prepare(sql, institutions, world.at, None)
    after = content(sql)
    readable = {table.name: len(table.find(sql, "", [], "rid")) for table in institutions.tables.values()}
    sql.close()

    assert first == "0010_vital"
    moved = {"open": before.pop("device_open")[1], "whole": before.pop("device_vital")[1]}
    assert len(moved["open"]) == len(moved["whole"]) > 10
    assert sorted(after["vital"][1]) == sorted((device, kind, *said) for kind, rows in moved.items() for device, *said in rows)
    assert after["migration"][1][: len(before["migration"][1])] == before.pop("migration")[1]
    for table, (columns, rows) in before.items():
        now, kept = after[table]
        there = {tuple(row[now.index(column)] for column in columns) for row in kept}
        assert there == set(rows), table
        assert readable.get(table, len(rows)) == len(rows), table

    with serve(clock=world, data=path.parent) as server:
        cast = Cast(server.base_url, world)
        posts = {rid for _, kind, rid, *_ in before["view_row"][1] if kind == "post"}
        assert posts
        assert set(cast["周"].pull().replica.bodies("post")) == posts
        for name in "林王李赵吴孙管":
            assert cast[name].pull().replica.state()
        cast.close()


def test_every_kind_and_version_that_can_be_said_now_is_in_a_corpus() -> None:
    """A new op kind or version comes with a corpus: `python -m server golden --release N`."""
    said = set()
    for corpus in RELEASED.values():
        for sent in corpus.sent:
            bodies = [msgspec.json.decode(text) for text in sent.push.ops]
            results = {result.seq: result for result in sent.results}
            said |= {(body["k"], body["sv"]) for body in bodies if results[body["seq"]].st == "applied"}
    assert {(kind.kind, kind.version) for domain in DOMAINS for kind in domain.ops} <= said


def test_a_corpus_is_never_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    before = (golden.FOLDER / "release-1" / "corpus.json").read_bytes()
    assert main(["golden", "--release", "1"]) == 1
    assert "never changed" in capsys.readouterr().out
    assert (golden.FOLDER / "release-1" / "corpus.json").read_bytes() == before


def test_the_same_software_writes_the_same_corpus(tmp_path: Path) -> None:
    first = asyncio.run(golden.make(7, tmp_path / "a"))
    assert asyncio.run(golden.make(7, tmp_path / "b")) == first


# --- upcasting, with an institution whose op has a second and a third version -----------------------------------------


class WriteTwo(msgspec.Struct):
    """`note.write` 2: the text got a name, and how loud it is said."""

    body: str
    loud: bool


class WriteThree(msgspec.Struct):
    """`note.write` 3: a list of texts."""

    lines: list[str]
    loud: bool


def write(tx: Tx, op: Op[WriteThree]) -> Outcome:
    tiny.show(tx, tiny.NoteRecord(rid=op.rid, text=f"{'!' if op.a.loud else ''}{'/'.join(op.a.lines)}", writer=op.actor.uid))
    return APPLIED


def grown(**changes: Any) -> Domain:
    """The tiny institution two releases later."""
    parts: dict[str, Any] = {
        "ops": (evidence("note.write", 3, WriteThree), tiny.CLOSE),
        "handlers": {**tiny.domain().handlers, "note.write": write},
        "upcasts": (
            Upcast("note.write", 1, tiny.Write, lambda a: WriteTwo(a.text, False)),
            Upcast("note.write", 2, WriteTwo, lambda a: WriteThree([a.body], a.loud)),
        ),
    }
    return tiny.domain(**(parts | changes))


def test_ops_of_every_version_reach_the_present_handler(tmp_path: Path) -> None:
    async def test(bench: Bench) -> None:
        wang = await bench.device("wang")
        wang.save(tiny.WRITE, tiny.Write("one"), rid="v1")
        wang.save(OpKind("note.write", 2, "e", WriteTwo, 8), WriteTwo("two", True), rid="v2")
        wang.save(OpKind("note.write", 3, "e", WriteThree, 8), WriteThree(["three", "lines"], False), rid="v3")
        wang.save(OpKind("note.write", 4, "e", WriteThree, 8), WriteThree([], False), rid="v4")
        wang.save(OpKind("note.write", 2, "e", tiny.Write, 8), tiny.Write("the shape of another version"), rid="bad")
        results, _ = await bench.push(wang)
        assert [(r.st, r.code) for r in results] == [
            *[("applied", None)] * 3,
            ("held", "UNSUPPORTED"),
            ("held", "INVALID"),
        ]
        shown = {rid: msgspec.json.decode(body)["text"] for rid, body in (await bench.rows("note")).items()}
        assert shown == {"v1": "one", "v2": "!two", "v3": "three/lines"}

    run(tmp_path, test, grown())


@pytest.mark.parametrize(
    "upcasts",
    [
        (Upcast("note.write", 1, tiny.Write, lambda a: a),),
        (Upcast("note.write", 3, WriteThree, lambda a: a),),
        (Upcast("note.never", 1, tiny.Write, lambda a: a),),
    ],
)
def test_an_upcast_that_leads_nowhere_is_a_fault_of_the_release(upcasts: tuple[Upcast, ...]) -> None:
    with pytest.raises(ValueError, match="leads nowhere"):
        Institutions((grown(upcasts=upcasts),))
