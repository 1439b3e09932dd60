"""`./run bench`: each path measures something real, beside its ceiling, and a lost record makes the run fail. Figures are not asserted."""

import argparse
import re
from pathlib import Path

import msgspec
import pytest

from server import bench
from server.bench import bare, live, push
from server.bench.load import Answers, Run
from server.store.sqlite import Connection
from sync import messages as m


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(given)


FIGURE = r"  (.+?)  +[\d,]+(?: +[\d.]+ +[\d.]+)? +\d+\.\d(?: +[\d,]+)?(?: +[\d,]+)?"


@pytest.mark.parametrize(
    ("what", "ratios"),
    [
        ("push", ["records", "durable", "records", "records"]),
        ("store", ["store"]),
        ("drain", ["drain", "drain", "flat, drain"]),
        ("live", ["live"]),
        ("pull", ["pull"]),
        ("first", ["first"]),
        ("delta", ["flat, nothing new", "flat, one new row"]),
        ("storm", ["storm"]),
    ],
)
def test_each_path_is_measured_beside_its_ceiling(
    what: str, ratios: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line a figure, the word "ratio" beside each ratio; whether the aims are reached is nobody's business here."""
    monkeypatch.setattr(live, "has_picows", lambda: False)
    assert bench.run(arguments(what, "--tiny", "--seconds", "0.1")) == 0
    first, _, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith(f"bench {what} (")
    assert [found[1] for text in lines if (found := re.match(r"  ratio ([\w, ]+): \d+\.\d\d of .+ by CPU", text))] == ratios
    figures = [text for text in lines if not text.startswith("  ratio")]
    facts = [text for text in figures if re.fullmatch(r"  .+?  +\d+\.\d\d \w+ \(aim .+\)", text)]
    assert all(re.fullmatch(FIGURE, text) for text in figures if text not in facts), figures
    assert len(figures) - len(facts) >= 2
    assert bool(facts) == (what in ("live", "first", "storm"))


def test_every_path_is_measured_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []
    monkeypatch.setattr(bench, "BENCHES", {name: lambda *_, name=name: measured.append(name) for name in ("a", "b")})
    assert bench.run(argparse.Namespace(what="all", seconds=1.0, full=False, tiny=False)) == 0
    assert measured == ["a", "b"]


def test_a_run_that_lost_a_record_gives_no_figures(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(push, "ops_on_disk", lambda _: 1)
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


def test_a_figure_is_per_unit() -> None:
    measured = Run(200, 0.5, 0.1, [float(n) for n in range(1, 101)])
    assert (measured.rate, measured.cpu_us) == (400, 500)
    assert measured.percentile(50) < measured.percentile(99) <= 100
