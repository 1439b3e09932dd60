"""What phones pulled in scenes where the phone itself finds the words, and which: shown.json, which the app's own tests read
(pwa/test/features/scenes.test.ts). `python -m tests.server.scenes.shown` writes it anew.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.server.scenes.every import PLAYS
from tests.server.scenes.play import Play
from tests.support.memory import folder
from tests.support.theatre import Rows, Theatre

FILE = Path(__file__).with_suffix(".json")
BESIDE = ("hall", "me", "person", "post", "unit")
"""Kinds of rows that a screen needs besides the one it is about."""


def shown(play: Play, ends: dict[str, Rows]) -> Iterator[dict[str, Any]]:
    """What each reader of a scene has, and reads on the phone."""
    for read in play.reads:
        if not read.shows:
            continue
        rows: dict[str, dict[str, Any]] = {}
        for (kind, rid), body in sorted(ends[read.who].items()):
            if kind in BESIDE or (kind, rid) == (read.kind, read.rid):
                rows.setdefault(kind, {})[rid] = _brief(kind, json.loads(body))
        said = {"zh_Hans": [one.hans for one in read.shows], "zh_Hant_TW": [one.hant for one in read.shows]}
        yield {"scene": play.id, "who": read.who, "kind": read.kind, "rid": read.rid, "now": play.ends, "rows": rows, "says": said}


def _brief(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """A row as it is; of the hall's rules only those of the screen in the lobby, so that another rule changes nothing here."""
    return body | {"rules": {key: rule for key, rule in body["rules"].items() if key.startswith("dsp.")}} if kind == "hall" else body


@cache
def kept() -> list[dict[str, Any]]:
    """As the file has it."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Write the file."""
    found: list[dict[str, Any]] = []
    with TemporaryDirectory(dir=folder()) as place:
        stage = Theatre(Path(place))
        for play in PLAYS:
            if any(read.shows for read in play.reads):
                found += shown(play, next(iter(stage.ends(play).values())))
        stage.close()
    FILE.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
