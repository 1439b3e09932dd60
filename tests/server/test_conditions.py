"""Conditions over columns are read by both databases: a column named like a word of SQL stands in quotes."""

import re
from pathlib import Path

import server

# Words PostgreSQL keeps for itself that are names of columns or could be; SQLite takes most of them.
RESERVED = (
    "all|any|both|case|check|column|default|desc|do|end|from|grant|group|left|limit|offset|on|only|order|primary|right|table|then|to|user|using|when"
    "|window|with"
)
CONDITION = re.compile(rf"""(?:["'] ?|(?:AND|OR|WHERE) )(?:{RESERVED}) (?:=|<>|<=?|>=?|IN|IS) (?:\?|\(|NULL|NOT|')""")


def test_no_condition_names_a_column_that_postgresql_reads_as_a_word_of_its_own() -> None:
    assert CONDITION.search('tx.find(PersonRecord, "outside = ? AND left = ?", [True, False])')
    files = sorted(Path(server.__file__).parent.rglob("*.py"))
    found = [f"{file.name}: {hit.group()}" for file in files for hit in CONDITION.finditer(file.read_text(encoding="utf-8"))]
    assert len(files) > 100
    assert found == []
