"""Every message on the wire (PROTOCOL.md §1, §2, §3). One definition: TypeScript types and `schema.json` are generated from here.

Unknown fields are ignored, unknown tags answered with `unsupported`. Towards a device every cursor is a sealed token.
"""

from typing import Literal

import msgspec

from sync.vital import Vital

FRAME_BYTES_MAX = 64 * 1024
DELTA_BYTES_MAX = 32 * 1024
HEARTBEAT_SECONDS = 25

OutcomeState = Literal["applied", "held", "refused", "dup"]


class Head(msgspec.Struct):
    """The head of a device's chain: last consumed number and its link (hex). Number 0 has the first link."""

    seq: int
    hash: str


class Beacon(msgspec.Struct):
    """A server-signed time mark. `t` ms; `n` the device's chain head (hex; empty in a lobby); `s` signs `beacon_bytes` (base64url)."""

    id: str
    t: int
    n: str
    s: str


def beacon_bytes(site: str, beacon_id: str, t: int, n: str) -> bytes:
    """What the site signs in a beacon."""
    return f"zg-beacon\n{site}\n{beacon_id}\n{t}\n{n}".encode()


class Result(msgspec.Struct, omit_defaults=True):
    """What became of one op. `st` of a re-signed op is `dup` and `code`, `first` repeat its first result.

    `at`: when the server received it (ms). `grade`: what its time is worth. `cur`: for a refused command, the record's present version.
    """

    seq: int
    id: str
    k: str
    rid: str
    st: OutcomeState
    at: int
    grade: Literal["A", "B", "C"] = "C"
    code: str | None = None
    first: OutcomeState | None = None
    cur: int | None = None


class Stop(msgspec.Struct, omit_defaults=True):
    """Why the server stopped before the end of a push: nothing from here on was consumed. `want`: the number it expects.

    `wipe`: the device was revoked; what it sent is kept in quarantine, and once nothing waits here it forgets everything (PROTOCOL §2).
    """

    code: Literal["gap", "fork", "epoch", "busy", "wipe"]
    want: int = 0
    retry_ms: int = 0


class Push(msgspec.Struct):
    """`POST /s/{site}/push`. `ops`: exact bodies in order; `sig`: base64url r||s over `push_bytes` of the last link (no ops: the head).

    `seen`: the highest number whose result the device has stored; result rows up to it are dropped.
    """

    v: int
    dev: str
    ops: list[str]
    sig: str
    epoch: str | None = None
    seen: int = 0
    vital: Vital | None = None


class PushAnswer(msgspec.Struct):
    """`last`: head after this push; `dur`: highest of the device's own numbers known durable in a verified backup."""

    epoch: str
    last: Head
    dur: int
    results: list[Result]
    beacon: Beacon
    now: int
    stop: Stop | None = None


class Snap(msgspec.Struct):
    """One bucket's snapshot on offer: `GET /s/{site}/snapshot/{id}`. `n` rows in `chunks` chunks, `sum` as in `e`."""

    bucket: str
    id: str
    n: int
    chunks: int
    sum: str


class PullHead(msgspec.Struct, tag_field="t", tag="h"):
    """First line of a pull. `buckets`: all this device may read now; rows it holds in no bucket of these are dropped with this page.

    `fill`: those of `buckets` it does not yet hold whole after this page; `bh` names the others (what it must send next time).
    `reset`: drop every row and the cursor before applying (other epoch, unknown cursor, behind the tombstones). `ask`: the set changed
    and the server needs `have` to go on; the page is empty. `snaps`: with `reset`, buckets better fetched as snapshots first.
    """

    epoch: str
    buckets: list[str]
    bh: str
    reset: bool
    fill: list[str] = []
    ask: bool = False
    snaps: list[Snap] = []


class Row(msgspec.Struct, tag_field="t", tag="r", omit_defaults=True):
    """One row: `b` the buckets of this device it is in; `d` the exact body text, or null when it left all of them.

    `p`: the body was projected to the older shape the app asked for (`sv`), so it is not what `h` covers (PROTOCOL §2).
    """

    b: list[str]
    k: str
    rid: str
    v: int
    h: str
    d: str | None
    p: bool = False


class PullEnd(msgspec.Struct, tag_field="t", tag="e"):
    """Last line of a page: apply its rows, move to `to` and settle `ack` in one transaction. `more`: ask again at once.

    `sums`, on a last page: for every bucket held whole but `dev:`, (live rows, sum of their hashes mod 2^64 as 16 hex digits) at `to`.
    """

    to: str
    more: bool
    ack: Head
    dur: int
    beacon: Beacon
    now: int
    sums: dict[str, tuple[int, str]] = {}


class Repair(msgspec.Struct):
    """`POST /s/{site}/repair`: this bucket's sum differs. `leaves`: the device's own leaf sums by leaf number, empty leaves left out.

    A leaf is the first byte of SHA-256 over `kind LF rid`. The answer is a page: `h` without `reset`, `Leaf` and rows, `e` with the
    device's own cursor and `more`. When `h.fill` names the bucket, more leaves differ than one answer holds: ask again before pulling.
    Without `Leaf` nothing was compared (the device stands elsewhere than it thinks): pull.
    """

    dev: str
    cur: str
    epoch: str
    bh: str
    bucket: str
    leaves: dict[int, tuple[int, str]]
    sv: int = 1


class Leaf(msgspec.Struct, tag_field="t", tag="l"):
    """In a repair page: these leaves of `bucket` follow whole; rows of theirs that do not follow are not in the bucket any more."""

    bucket: str
    leaves: list[int]


class SnapHead(msgspec.Struct, tag_field="t", tag="s"):
    """First line of a snapshot. Immutable under its id. Rows carry `b = [bucket]`."""

    bucket: str
    n: int
    sum: str
    sv: int


class SnapChunk(msgspec.Struct, tag_field="t", tag="k"):
    """After each chunk of rows, its number from 1 and the running sum: what came before it need never be fetched again (`?after=`)."""

    i: int
    n: int
    sum: str


PullLine = PullHead | Row | Leaf | PullEnd
SnapLine = SnapHead | Row | SnapChunk


class Hi(msgspec.Struct, tag_field="t", tag="hi"):
    """Server's first frame."""

    proto: tuple[int, int]
    epoch: str
    now: int
    nonce: str
    hb: int


class Hello(msgspec.Struct, tag_field="t", tag="hello"):
    """Device's answer within 5 s: who it is (`sig` over `hello_bytes`), where it stands, how it is doing."""

    dev: str
    cur: str
    bh: str
    head: Head
    sig: str
    pend: int = 0
    sv: int = 1
    vital: Vital | None = None


class Ok(msgspec.Struct, tag_field="t", tag="ok"):
    """`live`: frames follow from the cursor given. `pull`: fetch first, then say `at`. `reset`: start from nothing."""

    mode: Literal["live", "pull", "reset"]
    bh: str
    beacon: Beacon


class At(msgspec.Struct, tag_field="t", tag="at"):
    """Device: "I am now at this cursor"; also its chain head, so that the server can bound times."""

    cur: str
    head: Head


class Commit(msgspec.Struct, tag_field="t", tag="c"):
    """Rows of one cut. Apply iff `prev` is the device's cursor and `bh` its bucket set; otherwise pull."""

    prev: str
    to: str
    bh: str
    rows: list[Row]
    ack: Head
    dur: int


class Poke(msgspec.Struct, tag_field="t", tag="p"):
    """Something changed for this device: pull. Carries nothing else."""


class Heartbeat(msgspec.Struct, tag_field="t", tag="hb"):
    """Every `HEARTBEAT_SECONDS`: the link and the board's age are alive."""

    now: int
    beacon: Beacon


class Bye(msgspec.Struct, tag_field="t", tag="bye"):
    """The server goes away: come back after `after_ms` plus a random part of `spread_ms`."""

    code: str
    after_ms: int
    spread_ms: int


class Ping(msgspec.Struct, tag_field="t", tag="ping"):
    """Device's probe."""


class Pong(msgspec.Struct, tag_field="t", tag="pong"):
    """Its answer."""


ServerFrame = Hi | Ok | Commit | Poke | Heartbeat | Bye | Pong
DeviceFrame = Hello | At | Ping


class SignIn(msgspec.Struct):
    """`POST /s/{site}/session`: account and password, or in demo mode the persona to be."""

    name: str = ""
    password: str = ""
    persona: str = ""


class NewPassword(msgspec.Struct):
    """`POST /s/{site}/session/password`: another password for whoever is signed in and knows the old one."""

    old: str
    new: str


class Session(msgspec.Struct):
    """Who is signed in. `until`: when the cookie ends (ms)."""

    uid: str
    name: str
    roles: list[str]
    until: int
    nonce: str


class Enrol(msgspec.Struct):
    """`POST /s/{site}/devices`: raw public key (base64url, 65 bytes) and `sig` over `hello_bytes` with the session's nonce.

    `after`: the device of the same person this one replaces because its chain broke (PROTOCOL §6): that chain is closed and flagged.
    """

    key: str
    sig: str
    label: str = ""
    after: str | None = None


class Before(msgspec.Struct):
    """A device of the same person that this browser was before, by `after` or by its cookie: `last` number the site has of it, and the
    highest it ever `told` it had used. What lies between and is in no chain is lost (I34).
    """

    dev: str
    last: int
    told: int


class Enrolled(msgspec.Struct):
    """The device as the site knows it. `server_key`: raw Ed25519 key (base64url) that signs beacons.

    `rescue_key`: raw P-256 key (base64url) to which rescue files are encrypted. `unlock`: the person's secret that opens the vault on the
    device beside the PIN; only in the minutes after a sign-in, otherwise empty (a session found open on a stolen phone gets none).
    `before`: what the site knows of the device this one takes the place of.
    """

    dev: str
    epoch: str
    last: Head
    beacon: Beacon
    now: int
    server_key: str
    rescue_key: str = ""
    unlock: str = ""
    before: Before | None = None


class Persona(msgspec.Struct):
    """One demo account offered at sign-in; `role` names the label to show."""

    id: str
    role: str
    name: str


class Site(msgspec.Struct):
    """One hall of this installation, as the sign-in page shows it."""

    id: str
    names: dict[str, str]
    locale: str
    personas: list[Persona]


class Config(msgspec.Struct):
    """`GET /config`. `setup`: the one hall has no administrator yet and waits for `POST /setup`."""

    software: str
    demo: bool
    sites: list[Site]
    setup: bool = False


class Setup(msgspec.Struct):
    """`POST /setup`, once: the code printed by an empty start makes the first administrator and, when given, names the hall.

    `locale`: the language of the hall and of the name given.
    """

    code: str
    login: str
    name: str
    password: str
    hall: str = ""
    locale: str = ""


class PairingAsk(msgspec.Struct):
    """`POST /s/{site}/displays`: a wall screen asks for a code; `sig` over `hello_bytes` with nonce `pair`."""

    key: str
    sig: str


class Pairing(msgspec.Struct):
    """The code to show and until when it holds (ms). `paired`: an administrator has confirmed it."""

    code: str
    until: int
    paired: bool


class PairingConfirm(msgspec.Struct):
    """`POST /s/{site}/displays/confirm` by an administrator. `layout`: what the screen shows; `unit`: whose door it hangs at (DSP-09);
    `post`: at which of its windows, "" at the door (AWY-08); `zone`: where it hangs, so that its time code proves it (PTL-09)."""

    code: str
    label: str = ""
    layout: Literal["hall", "whereabouts", "door", "overview"] = "hall"
    unit: str = ""
    zone: str = ""
    post: str = ""


class DeviceProof(msgspec.Struct):
    """`POST /s/{site}/displays/session`: a paired screen renews its session. `at` ms, at most two minutes off; nonce is `at` as text."""

    dev: str
    at: int
    sig: str


class LogView(msgspec.Struct):
    """`GET /s/{site}/log/checkpoint?from=size`. `checkpoint`: the newest signed note; `vkey`: the key that signed it, as a C2SP text.

    `proof`: hashes (base64) that show it to continue the tree of `from`. `cosigned`: the newest note that a witness cosigned, if any.
    """

    checkpoint: str
    vkey: str
    proof: list[str] = []
    cosigned: str = ""


class Cosign(msgspec.Struct):
    """`POST /s/{site}/log/cosignature`: a checkpoint of this log with the signature line of a witness."""

    note: str


class Witnessed(msgspec.Struct):
    """A configured witness: up to which size it has cosigned, and when (ms); 0 when never."""

    name: str
    size: int
    at: int


class LogState(msgspec.Struct):
    """`GET /s/{site}/log/state`. `at`: its last minute; `broken`: why nothing is signed; `backup_at`: last safe elsewhere (ms; 0 never)."""

    size: int
    at: int
    broken: str
    witnesses: list[Witnessed]
    backup_at: int = 0


class RescueFile(msgspec.Struct):
    """A rescue file, and `POST /s/{site}/rescue` by an administrator: unsent ops encrypted to the site (`sync/rescue.py`).

    `epk`: raw P-256 point made for this file; `iv`, `data`: of AES-256-GCM; all base64url. `more`: a line behind the first, of ops.
    """

    v: int
    site: str
    dev: str
    epk: str
    iv: str
    data: str
    more: bool = False


class RescueAnswer(msgspec.Struct):
    """What became of the `ops` of a rescue file, in numbers only: whoever carries it need not know what is in it.

    `known`: the site had them already; `held`: newly kept without effect; among these `branch`: they do not continue its chain.
    What whoever carries it may not hear of (sealed checks) is taken as well, and is in no number.
    """

    dev: str
    uid: str
    ops: int
    known: int
    held: int
    branch: int


class RescuedBlob(msgspec.Struct):
    """What became of a photo or sound of a rescue file; `known`: the site had it already."""

    sha256: str
    st: Literal["stored", "known"]


class ProblemBody(msgspec.Struct):
    """application/problem+json: `type` is the stable identifier, `params` fill the translated sentence."""

    type: str
    status: int
    title: str
    retry: bool
    params: dict[str, str | int] = {}
