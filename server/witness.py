"""`python -m server witness`: run where the log's operator has no say, e.g. at the discipline office (PROTOCOL.md section 8; T6).

It keeps the last head it has signed in a file beside its key, and signs only what continues that.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.settings import BadSetting, Settings
from sync.messages import Cosign, LogView
from sync.notes import COSIGNATURE, ED25519, BadNote, Note, Vkey, b64, read_note, read_vkey, unb64, vkey_of
from sync.witnessing import Keeper, Seen, opened, witness

TIMEOUT_SECONDS = 20
ANSWER_BYTES_MAX = 256 * 1024
WORDS = {
    "first": "first head seen, cosigned: {size} minutes. Compare the key with that of the hall by another way: {vkey}",
    "same": "nothing new since {size} minutes, cosigned again",
    "grown": "continues what was seen, cosigned: {size} minutes",
    "shorter": "REFUSED: the log shows fewer minutes than were signed here. A cache, or a log cut off: find out which",
    "restarted": "REFUSED: another name: the hall was restored from a backup. Find out why, then give --accept-restart",
    "diverged": "REFUSED: the log contradicts what was signed here: history was rewritten. Both heads are kept in {evidence}",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `witness`."""
    parser.add_argument("--key", type=Path, required=True, help="file of the witness's key; what it has seen is kept beside it")
    parser.add_argument("--new", metavar="NAME", help="make the key, e.g. --new discipline.example/w1; prints what log_witness_keys takes")
    parser.add_argument("--url", help="address of the hall: https://hall.example/s/hall")
    parser.add_argument("--log-key", metavar="VKEY", help="key of the log (`log key` prints it); without it the first one seen is kept")
    parser.add_argument("--every", type=int, metavar="MINUTES", help="go on for ever, once in so many minutes")
    parser.add_argument("--accept-restart", action="store_true", help="a person knows why the log begins anew; good for one restart")


def run(_: Settings, given: argparse.Namespace) -> int:
    """Make a key, or look at the log once or for ever. Exit code 1 when something was refused or not reached."""
    if given.new:
        return make_key(given.key, given.new)
    if not given.url:
        raise BadSetting("url is missing: the address of the hall, e.g. https://hall.example/s/hall")
    accept = given.accept_restart
    while True:
        code = look(given.key, given.url.rstrip("/"), given.log_key, accept)
        if not given.every:
            return code
        # A person knows of one restart, not of every one to come.
        accept = accept and code != 0
        time.sleep(given.every * 60)


def make_key(path: Path, name: str) -> int:
    """A new key, readable by its owner alone."""
    private = Ed25519PrivateKey.generate()
    secret = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    try:
        vkey = str(read_vkey(str(vkey_of(private, name, COSIGNATURE))))
    except BadNote as wrong:
        raise BadSetting(f"new: {wrong}") from None
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadSetting(f"key: {path} is there already") from None
    with os.fdopen(file, "w") as out:
        out.write(json.dumps({"name": name, "secret": b64(secret)}) + "\n")
    print(vkey)
    return 0


class Memory:
    """What a witness has seen, in a file beside its key."""

    def __init__(self, key: Path) -> None:
        self.path = key.with_name(key.name + ".seen")
        self.evidence = key.with_name(key.name + ".diverged")

    def load(self) -> tuple[str, str]:
        """(key of the log, last note signed), both empty at first."""
        if not self.path.exists():
            return "", ""
        try:
            kept = json.loads(self.path.read_text("utf-8"))
            return str(read_vkey(kept["log_key"])), str(read_note(kept["note"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise BadSetting(f"key: {self.path}, what was signed, cannot be read ({wrong}): put a copy of it back") from None

    def save(self, log_key: str, note: str) -> None:
        """Keep what is about to be signed, durably: a witness that forgets could sign a fork."""
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("w", encoding="utf-8") as out:
            out.write(json.dumps({"log_key": log_key, "note": note}))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def look(key: Path, url: str, log_key: str | None, accept_restart: bool) -> int:
    """Look at the log once: cosign what continues what was seen, refuse anything else."""
    private, name = read_key(key)
    memory = Memory(key)
    known, seen = memory.load()
    try:
        trusted = read_vkey(log_key or known) if log_key or known else None
        keeper = Keeper(trusted.public if trusted else b"", Seen(opened(seen, read_vkey(known).public), seen) if seen else None)
        view = msgspec.json.decode(fetch(f"{url}/log/checkpoint?from={keeper.size}"), type=LogView)
        if trusted is None:
            trusted = read_vkey(view.vkey)
            keeper = Keeper(trusted.public)
        if accept_restart:
            keeper.restart(view)
        verdict, line = witness(keeper, view, private, name, int(time.time()))
        words = WORDS[verdict].format(size=keeper.size, vkey=trusted, evidence=memory.evidence)
        if line is None:
            if keeper.diverged is not None:
                memory.evidence.write_text("\n".join(keeper.diverged), "utf-8")
            return _say(words, 1)
        memory.save(str(Vkey(trusted.name, ED25519, trusted.public)), view.checkpoint)
        note = read_note(view.checkpoint)
        send(f"{url}/log/cosignature", Cosign(str(Note(note.text, (*(s for s in note.signatures if s.name != name), line)))))
    except (BadNote, msgspec.MsgspecError) as wrong:
        return _say(f"REFUSED: {wrong}", 1)
    except OSError as error:
        return _say(f"not reached: {error}", 1)
    return _say(words, 0)


def _say(words: str, code: int) -> int:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}", file=sys.stderr if code else sys.stdout, flush=True)
    return code


def read_key(path: Path) -> tuple[Ed25519PrivateKey, str]:
    """The witness's key and name."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Ed25519PrivateKey.from_private_bytes(unb64(kept["secret"])), str(kept["name"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadSetting(f"key: {path} is not the key file of a witness; make one with --new NAME") from None


def fetch(url: str) -> bytes:
    """One GET; `OSError` when it fails."""
    with _open(urllib.request.Request(url)) as answer:
        return bytes(answer.read(ANSWER_BYTES_MAX))


def send(url: str, message: Cosign) -> None:
    """One POST; `OSError` when it fails."""
    body = msgspec.json.encode(message)
    _open(urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})).close()


def _open(request: urllib.request.Request) -> Any:
    if not request.full_url.startswith(("https://", "http://")):
        raise BadSetting(f"url must look like https://hall.example/s/hall, not {request.full_url!r}")
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
