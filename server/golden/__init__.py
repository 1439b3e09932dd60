"""`python -m server golden`: the corpus of a release: a hall as that release kept it, and signed ops of every kind it knew.

Made from fixed keys and a fixed clock, anew (--anew) for as long as its release is in the making. When the release is finished, `--finish`
writes its hash to `tests/golden/finished.json`, and it is never changed again: every later release must take these very bytes and come to
the same outcomes. `tests/server/test_golden.py` replays every corpus there is and compares the finished ones with their hashes.
"""

import argparse
import asyncio
import gzip
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from server.app import DOMAINS
from server.domain.demo import PERSONAS
from server.gateway.place import Place
from server.golden import checks, desk, months, morning, norms, rounds
from server.golden.stage import SITE, TODAY, Act, Clock, Sent, Stage
from server.seed import fill
from server.settings import ROOT
from server.store import people
from server.store.contract import Sql
from server.store.institutions import Institutions
from server.store.site import NewSite
from server.store.sqlite import Connection, SqliteStore
from sync.version import SOFTWARE

FOLDER = ROOT / "tests" / "golden"
FINISHED = "finished.json"
"""Under `FOLDER`: release-N → hash of its corpus, once it is finished."""


class Corpus(msgspec.Struct):
    """What a release leaves behind. `database.sql.gz` beside it is the hall before the first push."""

    release: int
    software: str
    site: str
    sent: list[Sent]


def scenes(stage: Stage, post: str, mission: str) -> Iterator[list[Act]]:
    """Every op kind there is: a morning, what the desk sets, and the weeks until the month is settled."""
    yield from morning.scenes(stage, post, mission)
    yield from checks.scenes(stage, mission)
    yield from desk.scenes(stage, post)
    yield from norms.scenes(stage, post)
    yield from months.scenes(stage, post)
    yield from rounds.scenes(stage, post)


async def make(release: int, data: Path) -> tuple[Corpus, str]:
    """The corpus of this very software, and its hall before the first push as SQL."""
    clock, institutions = Clock(), Institutions(DOMAINS)
    data.mkdir()
    new = NewSite(SITE, {"zh_Hans": SITE}, "zh_Hans", True, random.Random("golden").randbytes)
    first = SqliteStore(data / f"{SITE}.sqlite", institutions, clock, new)
    await fill(first, 1)
    uids = await first.read(_personas)
    books = Connection(data / f"{SITE}.sqlite", ("query_only=ON",))
    stage = Stage(Place(first, institutions, data / "snapshots"), clock, uids, books)
    await first.write(stage.enrol)
    post, mission = await first.read(lambda sql: _where(sql, uids))
    dump = await first.read(lambda _: _dump(data / f"{SITE}.sqlite"))
    stage.greet()
    for acts in scenes(stage, post, mission):
        for act in acts:
            stage.save(act)
        await stage.push(acts[0].who)
    books.close()
    await first.close()
    return Corpus(release, SOFTWARE, SITE, stage.sent), dump


def _personas(sql: Sql) -> dict[str, str]:
    found = {account.persona: account.uid for account in people.personas(sql) if account.persona}
    return {name: found[name] for name in PERSONAS}


def _where(sql: Sql, uids: dict[str, str]) -> tuple[str, str]:
    """The post of the staff persona that day, and an open mission."""
    post = sql.one("SELECT post FROM duty WHERE day = ? AND a = ? ORDER BY post", (TODAY, uids["staff"]))
    mission = sql.one("SELECT rid FROM mission ORDER BY rid")
    assert post is not None, "the staff persona has a window"
    assert mission is not None, "the demo hall has missions"
    return post[0], mission[0]


def _dump(path: Path) -> str:
    sql = Connection(path, ("query_only=ON",))
    try:
        return "\n".join(["BEGIN;", *_statements(sql), "COMMIT;", ""])
    finally:
        sql.close()


def _statements(sql: Sql) -> Iterator[str]:
    """A whole database as SQL: tables with their rows, then what stands on them."""
    made = sql.all("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name")
    for kind, name, statement in made:
        if kind == "table":
            yield f"{statement};"
            columns = ", ".join(f'quote("{row[1]}")' for row in sql.all(f'PRAGMA table_info("{name}")'))
            for row in sql.all(f'SELECT {columns} FROM "{name}" ORDER BY 1, 2'):
                yield f'INSERT INTO "{name}" VALUES ({", ".join(row)});'
    yield from (f"{statement};" for kind, _, statement in made if kind != "table")


def load(folder: Path, data: Path) -> Corpus:
    """Put the hall of a corpus into an empty data folder; its pushes."""
    corpus = msgspec.json.decode((folder / "corpus.json").read_bytes(), type=Corpus)
    data.mkdir(parents=True)
    sql = Connection(data / f"{corpus.site}.sqlite", ())
    sql.raw.executescript(gzip.decompress((folder / "database.sql.gz").read_bytes()).decode())
    sql.close()
    return corpus


def digest(folder: Path) -> str:
    """SHA-256 (hex) over the files of a corpus: each file's own, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def finished() -> dict[str, str]:
    """By the name of a finished release: the hash of its corpus."""
    path = FOLDER / FINISHED
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}


def finish(name: str) -> None:
    """The corpus of this release is never changed from now on."""
    pinned = {**finished(), name: digest(FOLDER / name)}
    (FOLDER / FINISHED).write_bytes(msgspec.json.format(msgspec.json.encode(pinned, order="sorted"), indent=2) + b"\n")


def run(given: argparse.Namespace) -> int:
    """Write the corpus of a release that is not finished, or finish it."""
    folder = FOLDER / f"release-{given.release}"
    if folder.name in finished():
        print(f"{folder.name} is finished: its corpus is never changed. A new kind of op goes into the corpus of the release in the making")
        return 1
    if given.finish:
        finish(folder.name)
        print(f"{folder.name} is finished: {digest(folder)} in {FOLDER / FINISHED}")
        return 0
    if folder.exists() and not given.anew:
        print(f"{folder} is there already: a corpus is never changed")
        return 1
    with TemporaryDirectory() as scratch:
        corpus, dump = asyncio.run(make(given.release, Path(scratch) / "data"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.json").write_bytes(msgspec.json.format(msgspec.json.encode(corpus), indent=1) + b"\n")
    (folder / "database.sql.gz").write_bytes(gzip.compress(dump.encode(), 9, mtime=0))
    print(f"wrote {len(corpus.sent)} pushes to {folder}")
    return 0


def options(parser: argparse.ArgumentParser) -> None:
    """Options of `golden`."""
    parser.add_argument("--release", type=int, required=True, help="number of the release whose corpus this is")
    parser.add_argument("--anew", action="store_true", help="replace the corpus of a release still in the making")
    parser.add_argument("--finish", action="store_true", help="the release is finished: pin the hash of its corpus, for ever")
