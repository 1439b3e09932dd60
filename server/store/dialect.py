"""The one SQL of the store in PostgreSQL's words: statements are written once, for SQLite, and the few differences are turned here.

Placeholders `?` and `?1` become `$1`; text compares by code point (COLLATE "C") as it does in SQLite; INTEGER is 64 bits; the triggers that
keep an op as it was get the function PostgreSQL wants. A literal in quotes is never touched.
"""

import re
from functools import lru_cache

_QUOTED = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\")")
_WORDS = (
    (re.compile(r"\bgroup_concat\(([^,()]+), char\(10\)\)", re.I), r"string_agg(\1, chr(10))"),
    (re.compile(r"\binstr\(", re.I), "strpos("),
    (re.compile(r"\bmax\((?=[^()]*,)", re.I), "greatest("),
    (re.compile(r"\bmin\((?=[^()]*,)", re.I), "least("),
    (re.compile(r"(?<![.\w])window\b", re.I), '"window"'),
    (re.compile(r"\bIS NOT (?!NULL\b)", re.I), "IS DISTINCT FROM "),
    (re.compile(r"\brandomblob\(32\)", re.I), "sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))"),
)
_TYPES = (
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    (re.compile(r"\bREAL\b"), "DOUBLE PRECISION"),
    (re.compile(r"\bTEXT\b"), 'TEXT COLLATE "C"'),
    (re.compile(r"\)\s*WITHOUT ROWID"), ")"),
)
_TRIGGER = re.compile(
    r"CREATE TRIGGER (?:IF NOT EXISTS )?(\w+) BEFORE (\w+) ON (\w+)(?:\s+WHEN (.+?))?\s+BEGIN SELECT RAISE\(ABORT, ('[^']*')\); END", re.S
)
_COLUMNS = re.compile(r'PRAGMA table_info\("(\w+)"\)')
_NO_TRIGGER = re.compile(r"DROP TRIGGER IF EXISTS \w+")


@lru_cache(maxsize=2_048)
def postgres(sql: str) -> str:
    """`sql` as PostgreSQL takes it."""
    if trigger := _TRIGGER.fullmatch(sql.strip()):
        return _trigger(*trigger.groups())
    if columns := _COLUMNS.fullmatch(sql.strip()):
        return (
            f"SELECT 0, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{columns[1]}'"
        )
    if _NO_TRIGGER.fullmatch(sql.strip()):
        return "SELECT 1"  # the one made next replaces it
    is_ddl = sql.lstrip()[:6].upper() in ("CREATE", "ALTER ")
    parts = _QUOTED.split(sql)
    count = 0
    for i in range(0, len(parts), 2):
        parts[i], count = _numbered(parts[i], count)
        for pattern, word in _WORDS + (_TYPES if is_ddl else ()):
            parts[i] = pattern.sub(word, parts[i])
    return "".join(parts)


def _numbered(part: str, count: int) -> tuple[str, int]:
    """Placeholders by number; `count` of them came before."""

    def number(found: re.Match[str]) -> str:
        nonlocal count
        if found[1]:
            return f"${found[1]}"
        count += 1
        return f"${count}"

    return re.sub(r"\?(\d*)", number, part), count


def _trigger(name: str, event: str, table: str, when: str | None, message: str) -> str:
    condition = f" WHEN ({postgres(when)})" if when else ""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION {message}; END $$;"
        f" CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{condition} EXECUTE FUNCTION {name}()"
    )
