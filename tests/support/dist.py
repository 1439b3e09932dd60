"""A small built app for tests of static serving."""

import gzip
from pathlib import Path

PAGE = b"<!doctype html><title>app</title>" + b"<p>hall</p>" * 200
SCRIPT = b"export const answer = 42;\n" * 100


def make_dist(folder: Path) -> Path:
    """index, display, a hashed script with its gzip variant, the worker, a manifest."""
    (folder / "assets").mkdir(parents=True)
    files = {
        "index.html": PAGE,
        "display.html": b"<!doctype html><title>wall</title>",
        "assets/app-AbC123.js": SCRIPT,
        "sw.js": b"self.skipWaiting;",
        "manifest.zh_Hans.webmanifest": b"{}",
    }
    for name, body in files.items():
        (folder / name).write_bytes(body)
    (folder / "assets/app-AbC123.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / ".hidden").write_bytes(b"not served")
    return folder
