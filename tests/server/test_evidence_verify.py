"""zaigang-verify, which knows nothing of the server: a true past holds, and every way to falsify one is found and named."""

import json
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from server.store import evidence, site
from server.store.export import export
from server.store.sqlite import READER, Connection
from sync.minute import Minute, commitment
from sync.notes import Checkpoint, read_note, sign_checkpoint
from tests.support.evidence import WITNESS_KEY, Past, live_through
from tests.support.falsify import WAYS, Falsify, flipped, rebuild_tiles, retyped
from tools import zaigang_verify as verify

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    return live_through(tmp_path_factory.mktemp("past") / "data")


@pytest.fixture(scope="module")
def sql(past: Past) -> Iterator[sqlite3.Connection]:
    """The copy, writable, without the triggers that an attacker would drop first."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    source = sqlite3.connect(past.database)
    source.backup(copy)
    source.close()
    for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        copy.execute(f"DROP TRIGGER {name}")
    yield copy
    copy.close()


@pytest.fixture(scope="module", autouse=True)
def remembered() -> Iterator[None]:
    """A falsification leaves nearly everything as it was: the root of a minute, or whether a signature holds, is worked out once."""

    @cache
    def root(key: bytes, taken: tuple[tuple[int, bytes], ...]) -> bytes:
        return minute_root(key, dict(taken))

    minute_root = verify.minute_root
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "minute_root", lambda key, taken: root(key, tuple(taken.items())))
        patch.setattr(verify, "device_signed", cache(verify.device_signed))
        patch.setattr(verify, "holds", cache(verify.holds))
        yield


def findings(sql: sqlite3.Connection, past: Past, *known: str, receipts: tuple[str, ...] = ()) -> list[verify.Finding]:
    keys = [verify.read_vkey(str(past.vkey)), verify.read_vkey(str(WITNESS_KEY))]
    checker = verify.Checker(verify.Database(sql), keys, [verify.read_note(one) for one in known], [json.loads(one) for one in receipts])
    checker.check()
    return checker.findings


# --- a true past -----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    """The tool as an auditor runs it: another process, nothing of this project on its path."""
    done = subprocess.run(
        [sys.executable, "-I", str(ROOT / "tools" / "zaigang_verify.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def kept(past: Past, tmp_path: Path) -> Callable[[str], str]:
    """A file with something that was kept elsewhere."""

    def write(name: str) -> str:
        (tmp_path / name).write_text(getattr(past, name), "utf-8")
        return str(tmp_path / name)

    return write


def test_a_true_past_holds(past: Past, kept: Callable[[str], str]) -> None:
    code, said = run(
        *(str(past.database), "--vkey", str(past.vkey), "--vkey", str(WITNESS_KEY)),
        *("--checkpoint", kept("kept"), "--checkpoint", kept("newest"), "--receipt", kept("receipt")),
    )
    assert (code, said.splitlines()[-1]) == (0, "ok")
    assert re.search(r"1 erased, \d+ devices, \d+ signatures, 301 minutes", said)


def test_a_proof_holds_alone(past: Past, kept: Callable[[str], str]) -> None:
    code, said = run("--proof", kept("proof"), "--body", kept("body"), "--vkey", str(past.vkey))
    assert (code, said.splitlines()[-1]) == (0, "ok")


def test_an_export_holds_as_the_database_does(past: Past, tmp_path: Path) -> None:
    write_export(past, tmp_path / "out")
    code, said = run(str(tmp_path / "out"), "--vkey", (tmp_path / "out" / "vkey").read_text("utf-8"))
    assert (code, said.splitlines()[-1]) == (0, "ok")


def test_without_a_key_it_says_how_little_it_shows(past: Past) -> None:
    code, said = run(str(past.database))
    assert code == 0
    assert "taken from the copy itself" in said


@pytest.mark.parametrize("arguments", [(), ("nowhere.sqlite",), ("--proof", "nowhere"), ("--vkey", "x", "nowhere")])
def test_what_cannot_be_read_is_no_success(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 20


@pytest.mark.parametrize("statement", ["id = x''", "seal_key = ''", "sign_key = ''"])
def test_a_copy_made_to_break_the_tool_is_no_success(sql: sqlite3.Connection, past: Past, tmp_path: Path, statement: str) -> None:
    copy = sqlite3.connect(tmp_path / "copy.sqlite", isolation_level=None)
    sql.backup(copy)
    copy.execute("PRAGMA ignore_check_constraints = 1")
    copy.execute("PRAGMA writable_schema = 1")
    copy.execute("UPDATE sqlite_master SET sql = replace(replace(sql, ' STRICT', ''), 'NOT NULL', '') WHERE name = 'site'")
    copy.close()
    copy = sqlite3.connect(tmp_path / "copy.sqlite", isolation_level=None)
    copy.execute("PRAGMA ignore_check_constraints = 1")
    assert copy.execute(f"UPDATE site SET {statement}").rowcount == 1
    copy.close()
    code, said = run(str(tmp_path / "copy.sqlite"), "--vkey", str(past.vkey))
    assert (code >= 20, "Traceback" in said) == (True, False)


def test_a_receipt_nested_without_end_is_no_success(past: Past, tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("[" * 100_000, "utf-8")
    code, said = run(str(past.database), "--vkey", str(past.vkey), "--receipt", str(tmp_path / "deep"))
    assert (code, "Traceback" in said) == (20, False)


def write_export(past: Past, folder: Path) -> None:
    reader = Connection(past.database, READER)
    reader.run("BEGIN")
    export(reader, site.facts(reader), folder)
    reader.close()


# --- falsifying a database -------------------------------------------------------------------------------------------

EACH = 40


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_falsified_database_is_found_and_what_was_touched_is_named(sql: sqlite3.Connection, past: Past, way: Falsify) -> None:
    """1,000 manipulations, each found, each with its index."""
    assert findings(sql, past) == []
    for seed in range(EACH):
        sql.execute("BEGIN")
        touched = way(sql, random.Random(f"{way.__name__} {seed}"))
        found = findings(sql, past)
        sql.execute("ROLLBACK")
        said = "\n".join(f"[{finding.code}] {finding.text}" for finding in found)
        assert found, f"seed {seed}: nothing found, {touched} was touched"
        assert re.search(touched, said), f"seed {seed}: {touched} was touched, but:\n{said[:2000]}"


def test_the_suite_is_as_large_as_promised() -> None:
    assert len(WAYS) * EACH >= 1_000


# --- an operator who holds every key ---------------------------------------------------------------------------------


def rewrite(sql: sqlite3.Connection, past: Past, n: int, at: int) -> None:
    """Give op `n` another time, and make everything that the site's own keys can make agree with it."""
    source = verify.Database(sql)
    sql.execute("UPDATE op SET at = ? WHERE n = ?", (at, n))
    salt, body, link = sql.execute("SELECT o.salt, o.body, r.link FROM op o JOIN result r ON r.n = o.n WHERE o.n = ?", (n,)).fetchone()
    sql.execute("UPDATE log_leaf SET hash = ? WHERE kind = 'op' AND n = ?", (commitment(salt, evidence.body_hash(body), link, at), n))
    (entry,) = sql.execute("SELECT entry FROM log_leaf WHERE kind = 'op' AND n = ?", (n,)).fetchone()
    filler = next(row[3] for row in source.rows("entry") if row[0] == entry)
    taken = dict(sql.execute("SELECT slot, hash FROM log_leaf WHERE entry = ?", (entry,)).fetchall())
    sql.execute("UPDATE log_entry SET root = ? WHERE i = ?", (Minute(filler, taken).root, entry))
    root = rebuild_tiles(sql)
    (size,) = sql.execute("SELECT max(i) + 1 FROM log_entry").fetchone()
    private = evidence.Ed25519PrivateKey.from_private_bytes(sql.execute("SELECT sign_key FROM site").fetchone()[0])
    sql.execute("DELETE FROM log_checkpoint")
    sql.execute("DELETE FROM log_cosignature")
    sql.execute("INSERT INTO log_checkpoint VALUES (?, ?)", (size, str(sign_checkpoint(Checkpoint(past.vkey.name, size, root), private))))


@pytest.mark.parametrize("seed", range(10))
def test_history_rewritten_with_the_sites_own_keys_agrees_with_itself_but_not_with_what_was_kept_elsewhere(
    sql: sqlite3.Connection, past: Past, seed: int
) -> None:
    """This is what checkpoints in other hands are for."""
    rng = random.Random(seed)
    first = sql.execute("SELECT n, at FROM op o WHERE salt IS NOT NULL AND n = (SELECT max(n) FROM op WHERE at = o.at) LIMIT 4").fetchall()
    n, at = rng.choice(first)
    sql.execute("BEGIN")
    rewrite(sql, past, n, at + 1)
    alone, compared = findings(sql, past), findings(sql, past, past.kept, past.newest)
    sql.execute("ROLLBACK")
    assert alone == []
    assert [f.code for f in compared] == [verify.DIVERGED, verify.DIVERGED]
    assert all("history was rewritten" in f.text for f in compared)


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        ((), 0),
        (("DELETE FROM log_checkpoint WHERE size = (SELECT max(size) FROM log_checkpoint)",), 10),
        (("UPDATE log_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND n = 0",), 20),
        (None, 30),
        (("UPDATE op SET body = replace(body, '林 0 0', '林 0 9')",), 40),
        (
            (
                "DELETE FROM log_checkpoint WHERE size = (SELECT max(size) FROM log_checkpoint)",
                "UPDATE op SET body = replace(body, '林 0 0', '林 0 9')",
            ),
            40,
        ),
    ],
    ids=["true", "a tail is unsigned", "a tile does not hold", "rewritten with the site's keys", "altered", "altered, and a tail unsigned"],
)
def test_the_exit_code_tells_the_worst_that_was_found(
    sql: sqlite3.Connection, past: Past, kept: Callable[[str], str], tmp_path: Path, statements: tuple[str, ...] | None, code: int
) -> None:
    """docs/evidence.md: as an auditor's script reads it, of the process itself."""
    copy = sqlite3.connect(tmp_path / "copy.sqlite", isolation_level=None)
    sql.backup(copy)
    if statements is None:
        n, at = copy.execute("SELECT n, at FROM op o WHERE salt IS NOT NULL AND n = (SELECT max(n) FROM op WHERE at = o.at)").fetchone()
        rewrite(copy, past, n, at + 1)
    for statement in statements or ():
        assert copy.execute(statement).rowcount > 0
    copy.close()
    keys = ("--vkey", str(past.vkey), "--vkey", str(WITNESS_KEY))
    assert run(str(tmp_path / "copy.sqlite"), *keys, "--checkpoint", kept("kept"))[0] == code


def test_a_record_taken_out_of_a_chain_by_its_own_device_contradicts_its_receipt(sql: sqlite3.Connection, past: Past) -> None:
    """Whoever was answered holds the site's signature over the head of the chain."""
    link = json.loads(past.receipt)["last"]["hash"]
    sql.execute("BEGIN")
    sql.execute("UPDATE result SET link = zeroblob(32) WHERE link = ?", (bytes.fromhex(link),))
    found = findings(sql, past, receipts=(past.receipt,))
    sql.execute("ROLLBACK")
    assert any(f.code == verify.DIVERGED and link in f.text for f in found)
    forged = json.loads(past.receipt)
    forged["beacon"]["t"] += 1
    assert [f.code for f in findings(sql, past, receipts=(json.dumps(forged),))] == [verify.INVALID]


# --- exports and proofs ----------------------------------------------------------------------------------------------


def test_every_falsified_export_is_found(past: Past, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_export(past, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in ("vkey", "checkpoint"))
    keys = [verify.read_vkey(str(past.vkey))]
    for seed in range(250):
        rng = random.Random(seed)
        path = rng.choice(files)
        whole = path.read_bytes()
        path.write_bytes(spoiled_file(path, whole, rng))
        assert export_findings(folder, keys), f"seed {seed}: {path.name} was falsified"
        path.write_bytes(whole)
    assert export_findings(folder, keys) == []


def spoiled_file(path: Path, whole: bytes, rng: random.Random) -> bytes:
    """A line is gone, there twice, moved, or says something else; of a tile, a bit."""
    if path.suffix != ".jsonl":
        return flipped(whole, rng)
    lines = whole.decode().splitlines(keepends=True)
    i = rng.randrange(len(lines))
    what = rng.randrange(4)
    if what == 0 and path.name not in ("checkpoint.jsonl", "signed.jsonl"):
        return "".join(lines[:i] + lines[i + 1 :]).encode()
    if what == 1 and path.name not in ("checkpoint.jsonl", "signed.jsonl"):
        return "".join([*lines[:i], lines[i], *lines[i:]]).encode()
    values = json.loads(lines[i])
    columns = [k for k, name in enumerate(verify.COLUMNS[path.stem].split()) if (path.stem, name) not in UNCHECKED]
    k = rng.choice(columns)
    values[k] = other_value(values[k], rng)
    lines[i] = json.dumps(values, ensure_ascii=False) + "\n"
    return "".join(lines).encode()


UNCHECKED = {("op", "beacon_at:i"), ("device", "n:i"), ("site", "epoch"), ("site", "server_key:x")}
"""Named so that it is known: the window of a claim and the number of a device without ops are told, not proven."""


def other_value(value: Any, rng: random.Random) -> Any:
    if value is None:
        return "00" * 32
    return value + rng.choice([-1, 1, 7]) if isinstance(value, int) else retyped(value, rng) if value else "x"


def export_findings(folder: Path, keys: list[verify.Vkey]) -> list[verify.Finding]:
    try:
        checker = verify.Checker(verify.Export(folder), keys, [], [])
        checker.check()
    except verify.Wrong as wrong:
        return [verify.Finding(verify.INVALID, str(wrong))]
    return checker.findings


def proof_findings(proof: str, body: str, past: Past, folder: Path) -> list[int]:
    (folder / "p").write_text(proof, "utf-8")
    (folder / "b").write_text(body, "utf-8")
    found: list[int] = []
    verify.check_proof(folder / "p", folder / "b", [verify.read_vkey(str(past.vkey))], lambda code, _: found.append(code))
    return found


def test_every_falsified_proof_is_found(past: Past, tmp_path: Path) -> None:
    assert proof_findings(past.proof, past.body, past, tmp_path) == []
    rng = random.Random(1)
    for _ in range(300):
        assert verify.INVALID in proof_findings(retyped(past.proof, rng), past.body, past, tmp_path)
        assert proof_findings(past.proof, retyped(past.body, rng), past, tmp_path) == [verify.ALTERED]
    for other in (past.newest, past.kept):
        moved = past.proof.partition("\n\n")[0] + "\n\n" + other
        same = read_note(other).text == read_note(past.proof.partition("\n\n")[2]).text
        assert same or proof_findings(moved, past.body, past, tmp_path) == [verify.INVALID]
