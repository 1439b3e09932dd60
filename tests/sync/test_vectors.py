"""The vectors both languages must satisfy (PROTOCOL.md section 7). A vector file no test reads fails here, and in vitest."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync import clock, merkle, messages, notes, ops, rescue, rows, sums, witnessing
from sync.keys import unb64

VECTORS = Path(__file__).resolve().parents[2] / "sync" / "vectors"


def _verify(key: str, message: str, sig: str) -> bool:
    return ops.verify(unb64(key), message.encode(), unb64(sig))


def _judge(clk: dict[str, Any], proof: dict[str, Any], policy: dict[str, Any]) -> Any:
    window = clock.judge(msgspec.convert(clk, ops.Clk), msgspec.convert(proof, clock.Evidence), msgspec.convert(policy, clock.Policy))
    return msgspec.to_builtins(window)


def _rescue_open(site: str, secret: str, file: dict[str, Any], x: str, y: str) -> Any:
    assert rescue.public_of(unb64(secret)) == b"\x04" + unb64(x) + unb64(y)
    return msgspec.to_builtins(rescue.open_file(msgspec.convert(file, messages.RescueFile), site, unb64(secret)))


def _rescue_line(site: str, secret: str, file: dict[str, Any], x: str, y: str) -> Any:
    assert rescue.public_of(unb64(secret)) == b"\x04" + unb64(x) + unb64(y)
    found = rescue.open_line(msgspec.convert(file, messages.RescueFile), site, unb64(secret))
    return {"dev": found.dev, "sha256": found.sha256, "mime": found.mime, "text": found.data.decode()}


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "first_link": lambda site, dev: ops.first_link(site, dev).hex(),
    "next_link": lambda prev, body: ops.next_link(bytes.fromhex(prev), body).hex(),
    "device_id": lambda key: ops.device_id(unb64(key)),
    "receipt_code": ops.receipt_code,
    "push_bytes": lambda site, dev, seq, link: ops.push_bytes(site, dev, seq, bytes.fromhex(link)).decode(),
    "upload_bytes": lambda site, dev, sha256: ops.upload_bytes(site, dev, sha256).decode(),
    "hello_bytes": lambda site, dev, nonce: ops.hello_bytes(site, dev, nonce).decode(),
    "beacon_bytes": lambda site, id, t, n: messages.beacon_bytes(site, id, t, n).decode(),
    "verify": _verify,
    "row_hash": rows.row_hash,
    "bucket_set_hash": lambda buckets: rows.bucket_set_hash(frozenset(buckets)),
    "leaf_of": sums.leaf_of,
    "rescue_open": _rescue_open,
    "rescue_line": _rescue_line,
    "sum_of": lambda hashes: list(sums.sum_of(hashes)),
    "leaf_sums": lambda rows: {str(leaf): list(sum) for leaf, sum in sums.leaf_sums(rows).items()},
}


def _continues(old: int, old_root: str, size: int, root: str, proof: list[str]) -> bool:
    return merkle.verify_consistency(old, notes.std_unb64(old_root), size, notes.std_unb64(root), [notes.std_unb64(one) for one in proof])


def _checkpoint(note: str, key: str) -> Any:
    try:
        found = witnessing.opened(note, unb64(key))
    except notes.BadNote:
        return None
    return {"origin": found.origin, "size": found.size, "root": notes.std_b64(found.root)}


FUNCTIONS |= {"continues": _continues, "open_checkpoint": _checkpoint}
READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "chain.json": lambda given: FUNCTIONS[given.pop("fn")](**given),
    "signatures.json": lambda given: FUNCTIONS[given.pop("fn")](**given),
    "rows.json": lambda given: FUNCTIONS[given.pop("fn")](**given),
    "sums.json": lambda given: FUNCTIONS[given.pop("fn")](**given),
    "rescue.json": lambda given: FUNCTIONS[given.pop("fn")](**given),
    "log.json": lambda given: FUNCTIONS[given.pop("fn")](**given),
    "clock.json": lambda given: _judge(**given),
}


def _cases() -> list[Any]:
    found = []
    for name in sorted(READERS):
        for case in json.loads((VECTORS / name).read_text("utf-8"))["cases"]:
            found.append(pytest.param(name, case, id=f"{name}: {case['name']}"))
    return found


@pytest.mark.parametrize(("file", "case"), _cases())
def test_the_case_holds_in_python(file: str, case: dict[str, Any]) -> None:
    assert READERS[file](dict(case["input"])) == case["expected"]


def test_every_vector_file_is_read() -> None:
    assert {p.name for p in VECTORS.iterdir()} == set(READERS)


def test_every_verdict_and_grade_has_a_case() -> None:
    cases = json.loads((VECTORS / "clock.json").read_text("utf-8"))["cases"]
    assert {c["expected"]["verdict"] for c in cases} == {"OK", "BACKDATED", "FUTURE", "STEPPED", "WIDE_WINDOW"}
    assert {c["expected"]["grade"] for c in cases} == {"A", "B", "C"}
