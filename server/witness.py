"""`python -m server witness`: run where the log's operator has no say, e.g. at the discipline office (PROTOCOL.md section 8).

It keeps the last head it has signed of every log in a file beside its key, and signs only what continues that.
"""

import argparse
import fcntl
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.settings import BadSetting, Settings
from sync.messages import Cosign, LogView
from sync.notes import COSIGNATURE, ED25519, BadNote, Note, Vkey, read_note, read_vkey, std_b64, std_unb64, vkey_of
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

ANSWERS = {
    401: "the hall does not know this witness; its operator sets log_witness_keys to what --new printed",
    404: "no hall is there, or its log has no minute yet",
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
    if not given.url.startswith(("https://", "http://")):
        raise BadSetting(f"url must look like https://hall.example/s/hall, not {given.url!r}")
    if given.every is not None and given.every < 1:
        raise BadSetting(f"every must be at least a minute, not {given.every}")
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
    except BadNote:
        raise BadSetting(f"new must be a name without spaces and +, e.g. discipline.example/w1, not {name!r}") from None
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadSetting(f"key: {path} is there already") from None
    with os.fdopen(file, "w") as out:
        out.write(json.dumps({"name": name, "secret": std_b64(secret)}) + "\n")
    print(vkey)
    return 0


class Kept(msgspec.Struct):
    """The last head signed of a log: `log_key` verifies it, `at` is the address it was shown at."""

    log_key: str
    note: str
    at: str = ""

    @property
    def key(self) -> bytes:
        """The raw key of the log."""
        return read_vkey(self.log_key).public

    @property
    def seen(self) -> Seen:
        """As a keeper has it."""
        return Seen(opened(self.note, self.key), self.note)


class Memory:
    """What a witness has signed of each log by its name, the newest last, in a file beside its key."""

    def __init__(self, key: Path) -> None:
        self._key = key
        self.path = key.with_name(key.name + ".seen")
        self.logs: dict[str, Kept] = {}

    def evidence(self, origin: str) -> Path:
        """Where two heads of a log that contradict each other are kept."""
        return self._key.with_name(f"{self._key.name}.diverged.{origin.replace('/', '-')}")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else who has this key remembers or signs meanwhile."""
        with self._key.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._load()
            yield

    def _load(self) -> None:
        if not self.path.exists():
            return
        try:
            raw = msgspec.json.decode(self.path.read_bytes())
            if isinstance(raw, dict) and "log_key" in raw:  # Of a release that remembered one log.
                raw = {str(raw.get("note")).partition("\n")[0]: raw}
            self.logs = msgspec.convert(raw, dict[str, Kept])
            if not self.logs or any(one.seen.checkpoint.origin != origin for origin, one in self.logs.items()):
                raise BadNote("it holds no head of the log it names")
        except (OSError, ValueError, msgspec.MsgspecError) as wrong:
            raise BadSetting(f"key: {self.path}, what was signed, cannot be read ({wrong}): put a copy of it back") from None

    def last_at(self, url: str) -> str:
        """The name of the log that was last signed at an address, "" for none."""
        return next((origin for origin, one in reversed(self.logs.items()) if one.at == url), "")

    def before(self, url: str, origin: str, key: bytes) -> Kept | None:
        """What was last signed of the hall that shows a log of a new name: it has its address, its name or its key."""
        hall = origin.rpartition("/")[0]
        same = (one for name, one in reversed(self.logs.items()) if one.at == url or name.rpartition("/")[0] == hall or one.key == key)
        return next(same, None)

    def save(self, origin: str, kept: Kept) -> None:
        """Keep what is about to be signed, durably: a witness that forgets could sign a fork."""
        self.logs.pop(origin, None)
        self.logs[origin] = kept
        fresh = self.path.with_name(self.path.name + ".new")
        with fresh.open("wb") as out:
            out.write(msgspec.json.encode(self.logs))
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
    try:
        with memory.alone():
            return _look(memory, url, read_vkey(log_key).public if log_key else b"", accept_restart, private, name)
    except (BadNote, msgspec.MsgspecError) as wrong:
        return _say(f"REFUSED: {wrong}", 1)
    except urllib.error.HTTPError as error:
        return _say(f"{url} answered {error.code}: {ANSWERS.get(error.code, error.reason)}", 1)
    except OSError as error:
        return _say(f"not reached: {error}", 1)


def _look(memory: Memory, url: str, log_key: bytes, accept_restart: bool, private: Ed25519PrivateKey, name: str) -> int:
    last = memory.last_at(url)
    view = _shown(url, memory.logs.get(last))
    origin = view.checkpoint.partition("\n")[0]
    known = memory.logs.get(origin)
    if known is not None and origin != last:
        view = _shown(url, known)
        known = memory.logs.get(origin := view.checkpoint.partition("\n")[0])
    if known is not None and log_key not in (b"", known.key):
        raise BadNote(f"{origin} was signed here with another key than --log-key names")
    before = known or memory.before(url, origin, log_key or read_vkey(view.vkey).public)
    trusted = known.key if known else log_key or (before.key if before else read_vkey(view.vkey).public)
    keeper = Keeper(trusted, before.seen if before else None)
    if accept_restart:
        keeper.restart(view)
    verdict, line = witness(keeper, view, private, name, int(time.time()))
    if known is not None and last not in ("", origin) and not accept_restart and line is not None:
        verdict, line = "restarted", None  # Another of the names it has had, without a person who knows why.
    vkey = Vkey(origin, ED25519, trusted)
    words = WORDS[verdict].format(size=keeper.size, vkey=vkey, evidence=memory.evidence(origin))
    if line is None:
        if keeper.diverged is not None:
            memory.evidence(origin).write_text("\n".join(keeper.diverged), "utf-8")
        return _say(words, 1)
    memory.save(origin, Kept(str(vkey), view.checkpoint, url))
    note = read_note(view.checkpoint)
    send(f"{url}/log/cosignature", Cosign(str(Note(note.text, (*(s for s in note.signatures if s.name != name), line)))))
    return _say(words, 0)


def _shown(url: str, known: Kept | None) -> LogView:
    """What the hall shows, with the proof that it continues what is known."""
    size = known.seen.checkpoint.size if known else 0
    return msgspec.json.decode(fetch(f"{url}/log/checkpoint?from={size}"), type=LogView)


def _say(words: str, code: int) -> int:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {words}", file=sys.stderr if code else sys.stdout, flush=True)
    return code


def read_key(path: Path) -> tuple[Ed25519PrivateKey, str]:
    """The witness's key and name."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Ed25519PrivateKey.from_private_bytes(std_unb64(kept["secret"])), str(kept["name"])
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
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
