"""`./run bench`: each path measures something real, beside its ceiling, and a lost record makes the run fail. Figures are not asserted."""

import argparse
import re
from pathlib import Path

import msgspec
import pytest

from server import bench
from server.bench import bare, push
from server.bench.load import Answers, Run
from server.store.sqlite import Connection
from sync import messages as m


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(given)


@pytest.mark.parametrize(
    ("what", "names"),
    [("push", ["push", "signed push", "outbox record", "store"]), ("live", ["live"]), ("pull", ["pull"])],
)
def test_each_path_is_measured_beside_its_ceiling(what: str, names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.run(arguments(what, "--seconds", "0.1", "--sockets", "4")) == 0
    out = capsys.readouterr().out
    ratios = re.findall(r"= ([\w ]+): (\d+\.\d\d) of its ceiling by CPU, (\d+\.\d\d) by the clock \(aim 0\.\d\)", out)
    assert [name for name, _, _ in ratios] == names
    assert all(figure.endswith("CPU µs") for figure in out.splitlines()[1:2])


def test_a_run_that_lost_a_record_gives_no_figures(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(push, "ops_on_disk", lambda _: 1)
    assert bench.run(arguments("push", "--seconds", "0.05")) == 1
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
