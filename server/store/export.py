"""What an auditor takes away (PROTOCOL.md section 8): every row the evidence rests on as JSON lines, and the public log as static files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.store import evidence
from server.store.contract import SiteFacts, Sql
from sync import merkle
from sync.cursor import Seal
from sync.merkle import Tile
from sync.ops import OpBody, decode_body

_ROWS = {
    "device": "SELECT n, dev, key, uid, seq, link, revoked_at, stolen FROM device ORDER BY n",
    "op": "SELECT n, id, at, body, salt FROM op ORDER BY n",
    "result": "SELECT n, device, seq, link FROM result ORDER BY n",
    "audit": "SELECT n, at, uid, act, about, detail, salt FROM audit ORDER BY n",
    "signed": "SELECT device, seq, sig FROM signed ORDER BY device, seq",
    "entry": "SELECT i, at, root FROM log_entry ORDER BY i",
    "leaf": "SELECT entry, slot, kind, n, hash, body_hash FROM log_leaf ORDER BY entry, slot",
    "checkpoint": "SELECT size FROM log_checkpoint ORDER BY size",
}


def export(sql: Sql, facts: SiteFacts, folder: Path) -> None:
    """Write everything below `folder`. The records' texts are in it: keep it as the database itself is kept."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder, "site", [(facts.id, facts.epoch, evidence.vkey(facts).public)])
    for name in _ROWS:
        _write(folder, name, _rows(sql, facts, name))
    (folder / "vkey").write_text(f"{evidence.vkey(facts)}\n", "utf-8")
    size, note = evidence.newest(sql)
    (folder / "checkpoint").write_text(note, "utf-8")
    for path, body in _static(sql, size):
        (folder / "tile" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tile" / path).write_bytes(body)


def _rows(sql: Sql, facts: SiteFacts, name: str) -> Iterator[tuple[Any, ...]]:
    seal = Seal(facts.seal_key, facts.id, facts.epoch)
    for row in sql.stream(_ROWS[name]):
        if name == "op":
            yield *row, _beacon_at(seal, row[3])
        elif name == "entry":
            yield *row, evidence.filler_key(facts, row[1])
        elif name == "checkpoint":
            yield row[0], evidence.note_of(sql, row[0])
        else:
            yield row


def _beacon_at(seal: Seal, body: str) -> int | None:
    """When the beacon that an op quotes was made: only the site can tell."""
    try:
        op: OpBody = decode_body(body)
    except (ValueError, RecursionError):
        return None
    mark = seal.open_beacon(op.clk.b) if op.clk.b else None
    return mark.at if mark else None


def _write(folder: Path, name: str, rows: Any) -> None:
    with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            plain = [value.hex() if isinstance(value, bytes) else value for value in row]
            file.write(json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n")


def _static(sql: Sql, size: int) -> Iterator[tuple[str, bytes]]:
    """The log as c2sp.org/tlog-tiles lays it out: tiles of every level, bundles of entries."""
    tiles = evidence.tiles_of(sql)
    for level in range(8):
        for n in range(-(-(size >> (merkle.TILE_HEIGHT * level)) // merkle.TILE_WIDTH)):
            width = merkle.tile_width(size, Tile(level, n))
            yield merkle.tile_path(level, n, width), tiles.tile(Tile(level, n))[: width * merkle.HASH_BYTES]
            if level == 0:
                yield merkle.tile_path("entries", n, width), evidence.bundle(sql, n, width)
