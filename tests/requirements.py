"""The table of requirements: what is asked, where it is, which tests hold it. `python -m tests.requirements` writes docs/requirements.md.

The first three columns are docs/requirements.csv; the tests are found by the identifiers their docstrings name (AWY-06, CON-01..05). A row
without a test must say what is missing.
"""

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs" / "requirements.csv"
TABLE = ROOT / "docs" / "requirements.md"
KEY = re.compile(r'"([a-z]{2,3}\.[a-z_]+)"')
"""A parameter of the hall, by its key (§16)."""
PARAMETERS = "§16"
NAMED = re.compile(r"\b([A-Z]{2,4})-(\d{2})(?:\.\.(\d{2}))?((?:, ?\d{2}\b)*)")
TESTS_MAX = 3
HEAD = """# Requirements

What the hall's rules ask of the software, where it stands, and which tests hold it. Written by `python -m tests.requirements` from
[requirements.csv](requirements.csv) and from the identifiers that tests name in their docstrings. What is not done says so, with the
reason; where tests stand beside it, they hold the rest.

| id | what | where | tests |
|---|---|---|---|
"""


class Asked(NamedTuple):
    """One requirement. `missing`: what of it is not done and why, "" when tests hold all of it."""

    id: str
    what: str
    where: str
    missing: str


def asked() -> list[Asked]:
    """The list, in its order."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return [Asked(**row) for row in csv.DictReader(file)]


def named_in(text: str) -> set[str]:
    """The identifiers a docstring names, ranges written out."""
    found = set()
    for kind, first, last, more in NAMED.findall(text):
        found |= {f"{kind}-{n:02d}" for n in range(int(first), int(last or first) + 1)}
        found |= {f"{kind}-{n}" for n in re.findall(r"\d{2}", more)}
    return found


def holders() -> dict[str, list[str]]:
    """By identifier, the tests that name it, as `file.py::test`; a file alone when only its own docstring does."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for key in set(KEY.findall(path.read_text(encoding="utf-8"))) if path.name.startswith("test_") else ():
            found[key].append(path.name)
        for where, text in _docstrings(path):
            if PARAMETERS in text:
                found[PARAMETERS].append(where)
            for one in named_in(text):
                found[one].append(where)
    for path in sorted((ROOT / "pwa" / "test").rglob("*.ts")):
        for one in named_in(path.read_text(encoding="utf-8")):
            found[one].append(path.name)
    return found


def _docstrings(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and (text := ast.get_docstring(node)):
            yield f"{path.name}::{node.name}", text
    is_tests = path.name.startswith("test_") or path.parent.name == "scenes"
    if is_tests and (text := ast.get_docstring(tree)):
        yield path.name, text


def table() -> str:
    """docs/requirements.md."""
    held = holders()
    return HEAD + "".join(_line(one, _held(held, one)) for one in asked())


def _held(held: dict[str, list[str]], one: Asked) -> list[str]:
    """The tests of a requirement; a parameter nothing is said of by itself is held by the tests of all of them."""
    return held.get(one.id, []) or (held[PARAMETERS] if "." in one.id and not one.missing else [])


def _line(one: Asked, tests: list[str]) -> str:
    best = sorted(tests, key=lambda test: "::" not in test)[:TESTS_MAX]
    shown = "<br>".join(f"`{test}`" for test in best) + (f"<br>and {len(tests) - len(best)} more" if len(tests) > len(best) else "")
    where = ", ".join(f"`{place}`" for place in one.where.split(", ") if place)
    lacks = f"**not done:** {one.missing}" if one.missing else ""
    return f"| {one.id} | {one.what} | {where} | {'<br>'.join(part for part in (shown, lacks) if part)} |\n"


def without_test() -> list[str]:
    """Requirements that no test names and that do not say what is missing."""
    held = holders()
    return [one.id for one in asked() if not one.missing and not _held(held, one)]


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print("\n".join(without_test()) or "every requirement is held by a test or says what is missing")
