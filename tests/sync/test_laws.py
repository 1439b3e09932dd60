"""The law-to-test table of PROTOCOL.md, both ways: every law names its tests, and every test that claims a law stands in its row.

A test claims a law by naming it: in the docstring of the file or of the test, in the first comment or in a title of a `.test.ts`.
`python -m tests.sync.test_laws` prints the table anew.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.simulation.mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
LAWS = range(1, 37)
NAMES = {
    **{1: "no loss", 2: "once", 3: "device order", 4: "order per record behind a held op", 5: "a number is always consumed"},
    **{6: "poison-proof", 7: "result durable", 8: "ack by hash", 9: "fork seen", 10: "refill after a restore", 11: "gapless commits"},
    **{12: "cut", 13: "convergence", 14: "monotonic reads", 15: "read your writes", 16: "overlay purity", 17: "scope in and out"},
    **{18: "no leak", 19: "revoke", 20: "sums sound", 21: "repair minimal", 22: "horizon", 23: "a start ends"},
    **{24: "snapshot and frames equal fetching again", 25: "every op ever released is taken", 26: "window honest"},
    **{27: "chain and receipt verify", 28: "one leader", 29: "tabs agree", 30: "slow consumer bounded", 31: "herd bounded"},
    **{32: "blob binding", 33: "blob resume", 34: "eviction honest", 35: "liveness after partition", 36: "determinism"},
}
_LAW = re.compile(r"\bI([1-9]\d?)(?:–I([1-9]\d?))?\b")
_COMMENT = re.compile(r"\A\s*/\*.*?\*/", re.S)
_TITLE = re.compile(r'^\s*(?:test|it)(?:\.\w+)?\(\s*"((?:[^"\\]|\\.)*)"', re.M)
_ROW = re.compile(r"^\| I(\d+) ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.M)
NOT_PLANTED = "–"


def laws_in(text: str) -> set[int]:
    """The laws a text names."""
    return {law for first, last in _LAW.findall(text) for law in range(int(first), int(last or first) + 1)}


def claims_of(path: Path) -> Iterator[tuple[int, str]]:
    """(law, file or file::test) for every claim in a file."""
    name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    if path.suffix == ".ts":
        yield from ((law, name) for comment in _COMMENT.findall(text) for law in laws_in(comment))
        yield from ((law, f"{name}::{title}") for title in _TITLE.findall(text) for law in laws_in(title))
        return
    tree = ast.parse(text)
    yield from ((law, name) for law in laws_in(ast.get_docstring(tree) or ""))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield from ((law, f"{name}::{node.name}") for law in laws_in(ast.get_docstring(node) or ""))


def claims() -> dict[int, list[str]]:
    """Every claim there is, by law. A file that claims a law as a whole stands for its tests."""
    found: dict[int, set[str]] = defaultdict(set)
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "pwa" / "test").rglob("*.test.ts")]
    for path in files:
        if "node_modules" not in path.parts and path != Path(__file__).resolve():
            for law, claim in claims_of(path):
                found[law].add(claim)
    return {law: sorted(c for c in claimed if "::" not in c or c.partition("::")[0] not in claimed) for law, claimed in found.items()}


def planted(law: int) -> str:
    """The bugs the proof machine finds, planted into what is there for this law."""
    return "; ".join(mutant.name for mutant in MUTANTS if law in mutant.laws) or NOT_PLANTED


def table() -> str:
    """The table of section 9."""
    held = {law: ", ".join(f"`{claim}`" for claim in found) for law, found in claims().items()}
    rows = [f"| I{law} {NAMES[law]} | {held[law]} | {planted(law)} |" for law in sorted(held)]
    return "\n".join(["| law | held by | planted bugs |", "|---|---|---|", *rows])


def test_every_law_has_a_test_and_every_test_that_claims_a_law_stands_in_its_row() -> None:
    section = (ROOT / "sync" / "PROTOCOL.md").read_text(encoding="utf-8").partition("\n## 9. ")[2].partition("\n## 10. ")[0]
    listed = {int(law): re.findall(r"`([^`]+)`", cells) for law, _, cells, _ in _ROW.findall(section)}
    assert sorted(listed) == list(LAWS)
    assert {law: name.strip() for law, name in ((int(row[0]), row[1]) for row in _ROW.findall(section))} == NAMES
    assert listed == claims(), "print the table anew: python -m tests.sync.test_laws"
    assert {int(law): bugs for law, _, _, bugs in _ROW.findall(section)} == {law: planted(law) for law in LAWS}


if __name__ == "__main__":
    print(table())
