"""Bad input at every door: malformed, oversized, deeply nested, wrongly typed, unsigned, replayed, of other devices, of the future.

Each answer is a registered problem or a registered result code; never a 5xx, never a crashed handler, and nothing half applied:
what was refused left ledger, head and audit as they were, what was consumed stands in the ledger with its outcome.
"""

import re
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.app import HOT_DOORS
from server.domain.incident.ops import Report
from server.papers import kinds as papers
from sync import messages as m
from sync.desk import RegisterList
from sync.errors import CODES, PROBLEMS
from sync.keys import b64
from tests.support.cast import KINDS, PLAIN, SITE, Cast, Device
from tests.support.clock import FirstMorning, World
from tests.support.day import Act, Day
from tests.support.server import RunningServer

HUGE = 2**70
ODD_VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    1.5,
    2**53,
    2**62,
    10**13,
    -(10**12),
    HUGE,
    -HUGE,
    "",
    "x",
    "岗" * 3000,
    "\x00",
    [],
    [[]],
    {},
    {"a": {}},
    ["x"] * 300,
]
SHAPELESS = [
    *(b"", b" ", b"{", b"null", b"true", b"[]", b"{}", b'"x"', b"5", b"\xff\xfe\x00", b"{'a':1}", b'{"a":1}{"a":2}'),
    *(b"[" * 50_000, b'{"a":' * 20_000, b'{"v":1,"dev":"\\ud800","ops":["\\ud800"],"sig":""}', b'{"v":' + b"9" * 6000 + b"}"),
]


@pytest.fixture(scope="module")
def world() -> World:
    """Time goes on; a month has just ended."""
    return FirstMorning()


def checked(answer: httpx.Response) -> str:
    """The problem of an answer, "" when it is none; fails on anything unregistered."""
    assert answer.status_code < 500, (answer.request.url, answer.text[:300])
    if answer.status_code < 400:
        return ""
    assert answer.headers["content-type"].startswith("application/problem+json"), (answer.request.url, answer.headers, answer.text[:300])
    body = msgspec.json.decode(answer.content, type=m.ProblemBody)
    assert PROBLEMS[body.type].status == answer.status_code == body.status
    return body.type


NO_MESSAGE = {"sheets", "people/{uid}/password"}
"""Doors that take a spreadsheet, or nothing: see test_fuzz_office.py; and test_uploads.py for files."""


def messages(device: Device) -> dict[str, msgspec.Struct]:
    """A well-formed message for every endpoint that takes one, by path."""
    replica = device.replica
    push = replica.push()
    return {
        "setup": m.Setup("0123456789", "root", "管理员", "correct horse", "新厅", "en"),
        "session": m.SignIn(persona="inspector"),
        "session/password": m.NewPassword("no password of anybody", "another password"),
        "devices": replica.enrol(device.nonce),
        "push": push,
        "displays": m.PairingAsk(b64(replica.key.public), replica.prove("pair")),
        "displays/confirm": m.PairingConfirm("123456"),
        "displays/session": m.DeviceProof(replica.dev, device.clocks.wall_ms(), replica.prove("x")),
        "rescue": m.RescueFile(1, SITE, replica.dev, "", "", ""),
        "rescue/file": m.RescueFile(1, SITE, replica.dev, "", "", ""),
        "repair": m.Repair(replica.dev, replica.cursor, replica.epoch, replica.bh, "hall", {3: (1, "0" * 16)}),
        "log/cosignature": m.Cosign("zaigang/hall/0\n1\nAAAA\n\n\u2014 x AAAAAAA=\n"),
    }


def misshapen(message: msgspec.Struct) -> Iterator[bytes]:
    """The message with one field left out, or of another type, or extreme."""
    whole = msgspec.to_builtins(message)
    for name in whole:
        yield msgspec.json.encode({k: v for k, v in whole.items() if k != name})
        for odd in ODD_VALUES:
            yield msgspec.json.encode({**whole, name: _big(odd)})


def _big(value: Any) -> Any:
    """msgspec writes no integer beyond 64 bits: such ones go in as they are."""
    return msgspec.Raw(str(value).encode()) if isinstance(value, int) and abs(value) >= 2**63 else value


def test_every_door_that_takes_a_message_is_among_them(cast: Cast, server: RunningServer) -> None:
    framework = [route.path for route in server.app.framework.routes if "POST" in getattr(route, "methods", ())]
    taken = {re.sub(r":\w+}", "}", path.removeprefix("/s/{site:str}").lstrip("/")) for path in framework}
    taken |= {path for path, (_, method) in HOT_DOORS.items() if method == "POST"}
    assert taken == messages(cast["林"]).keys() | NO_MESSAGE


@pytest.mark.parametrize(
    "path",
    [
        *("session", "session/password", "devices", "push", "displays", "displays/confirm", "displays/session", "log/cosignature"),
        *("rescue", "rescue/file"),
    ],
)
def test_no_misshapen_message_gets_through_or_breaks_anything(cast: Cast, ledger: Callable[[], Any], path: str) -> None:
    lin = cast.device("林")
    before = ledger()
    message = messages(lin)[path]
    bodies = [*SHAPELESS, *misshapen(message)]
    seen = {checked(lin.post(path, body)) for body in bodies}
    assert "malformed" in seen
    assert ledger() == before
    assert lin.push_once(lin.replica.push()).last == m.Head(0, lin.replica.link(0))


def test_a_misshapen_repair_is_a_problem_or_compares_nothing(cast: Cast, ledger: Callable[[], Any]) -> None:
    """Whatever a device says of its leaves, it gets rows of its own buckets or a problem; nothing moves."""
    lin = cast.device("林").pull()
    before, whole = ledger(), messages(lin)["repair"]
    leaves = msgspec.to_builtins(whole, str_keys=True)
    odd_leaves: list[Any] = [
        *({"256": [1, "0" * 16]}, {"-1": [1, "0" * 16]}, {"x": [1, "0" * 16]}, {"3": []}, {"3": [1]}, {"3": ["1", 5]}, {"3": [-1, "zz"]}),
        {str(leaf): [HUGE, "f" * 99] for leaf in range(256)},
    ]
    bodies = [*SHAPELESS, *misshapen(whole), *(msgspec.json.encode({**leaves, "leaves": odd}) for odd in odd_leaves)]
    bodies += [msgspec.json.encode({**leaves, "bucket": bucket}) for bucket in ("u:nobody", "role:ADM", "dev:x", "", "hall\n")]
    seen = set()
    for body in bodies:
        answer = lin.post("repair", body)
        seen.add("" if answer.status_code == 200 else checked(answer))
    assert {"malformed", ""} <= seen
    assert ledger() == before


@pytest.mark.parametrize(
    "path", ["session", "session/password", "devices", "push", "displays", "displays/confirm", "displays/session", "log/cosignature"]
)
def test_more_than_a_door_takes_is_too_large(cast: Cast, path: str) -> None:
    lin = cast["林"]
    assert checked(lin.post(path, b" " * (16 * 1024 * 1024))) == "too_large"


def test_a_small_message_that_inflates_without_end_is_too_large(cast: Cast) -> None:
    import zlib

    stream = zlib.compressobj(wbits=31)
    bomb = stream.compress(b" " * 60_000_000) + stream.flush()
    answer = cast["林"].http.post(f"/s/{SITE}/push", content=bomb, headers={"Content-Encoding": "gzip"})
    assert checked(answer) == "too_large"


@pytest.mark.parametrize(
    ("coding", "body", "problem"), [("gzip", b"not gzip", "malformed"), ("gzip", b"", "malformed"), ("br", b"{}", "unsupported")]
)
def test_an_encoding_that_is_none_is_refused(cast: Cast, coding: str, body: bytes, problem: str) -> None:
    answer = cast["林"].http.post(f"/s/{SITE}/push", content=body, headers={"Content-Encoding": coding})
    assert checked(answer) == problem


def test_too_many_ops_are_too_large_and_other_protocols_named_so(cast: Cast, ledger: Callable[[], Any]) -> None:
    lin = cast.device("林")
    before = ledger()
    push = m.Push(1, lin.replica.dev, ["{}"] * 201, "", lin.replica.epoch)
    assert checked(lin.post("push", push)) == "too_large"
    for version, problem in ((0, "version_old"), (2, "unsupported"), (-5, "version_old"), (99, "unsupported")):
        assert checked(lin.post("push", m.Push(version, lin.replica.dev, [], ""))) == problem
    assert ledger() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    "path",
    [
        *("push", "pull", "repair", "snapshot/AAAA", "session", "session/password", "devices", "displays", "live", "nothing"),
        "displays/confirm",
        *("../etc/passwd", "%00", "%ff"),
        *("log/checkpoint", "log/checkpoint?from=%ff", "log/tile/0/000", "log/tile/%2e%2e/x", "log/proof/%00", "log/proof/x", "log/state"),
        *("log/cosignature", "rescue", "rescue/file", "blobs", "blobs/x", "blobs/%00/x"),
    ],
)
def test_every_method_on_every_door_answers_in_order(cast: Cast, method: str, path: str) -> None:
    with httpx.Client(base_url=cast.url, trust_env=False, verify=PLAIN) as stranger:
        checked(stranger.request(method, f"/s/{SITE}/{path}"))
        problem = checked(stranger.request(method, f"/s/no-such-hall/{path}"))
        assert problem or method == "OPTIONS" or path == "../etc/passwd"


QUERIES = [
    *("", "dev=", "dev=x", f"dev={'0' * 32}", f"dev={'0' * 33}", "dev=%FF%FE", "dev=岗", "wait=-1", "wait=99999999999999999999", "wait=x"),
    *("hs=x&hh=y", "hs=99999999999999999999", "cur=%00", "a=b&" * 500, "cur=" + "A" * 7000, "dev=a&dev=b", "%", "=", "&&&", "epoch=%ud800"),
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_makes_no_sense_is_a_problem(cast: Cast, query: str) -> None:
    assert checked(cast["林"].http.get(f"/s/{SITE}/pull?{query}"))


ODD_TEXTS = ["", "x", "-1", "9" * 30, "%00", "%FF%FE", "岗" * 300, "2026-02-30", "9999-12-31", "../..", "a,b,,", "[[", "1e9", "0..-1"]
DOORS: dict[str, tuple[str, ...]] = {
    "config": (),
    "healthz": (),
    "s/{site}/session": (),
    "s/{site}/displays/{dev}": (),
    "s/{site}/sheets/{name}": ("locale",),
    "s/{site}/paper/{kind}/{name}": ("locale", "size", "era"),
    "s/{site}/p/{code}": ("locale",),
    "s/{site}/paper.css": (),
    "s/{site}/log/checkpoint": ("from",),
    "s/{site}/log/tile/{path}": (),
    "s/{site}/log/proof/{op}": (),
    "s/{site}/log/state": (),
    "s/{site}/registers": ("locale",),
    "s/{site}/register/{name}": ("from", "to", "unit", "sort", "after", "limit", "purpose", "locale"),
    "s/{site}/register/{name}/{rid}": ("purpose", "locale"),
    "s/{site}/indices": ("by", "from", "to", "unit", "locale"),
    "s/{site}/snapshot/{id}": ("after",),
    "s/{site}/blobs/{id}/{size}": (),
}
"""Every door that answers GET, but pull and the socket, and what its query may say."""
ODD_PER_FIELD = 4


def odd_addresses(device: Device) -> Iterator[str]:
    """Every door with odd names in its path and odd values in its query; registers this person may read, and papers, each by their name."""
    odd = cycle(ODD_TEXTS)
    infos = msgspec.json.decode(device.http.get(f"/s/{SITE}/registers").content, type=RegisterList).registers
    for door, query in DOORS.items():
        path = door.replace("{site}", SITE)
        for _ in range(ODD_PER_FIELD if "{" in path else 0):
            yield re.sub(r"{\w+}", lambda _: quote(next(odd), safe="%") or "-", path)
        for name in query:
            for known in ("x", infos[0].name if infos else "people.csv"):
                yield from (f"{re.sub('{.+}', known, path)}?{name}={value}" for value in islice(odd, ODD_PER_FIELD))
    for info in infos:
        yield from (f"s/{SITE}/register/{info.name}?f.{column.key}={value}" for column, value in zip(info.columns, odd, strict=False))
        yield f"s/{SITE}/register/{info.name}/{quote(next(odd), safe='%') or '-'}"
    for kind in papers.KINDS:
        yield f"s/{SITE}/paper/{kind}/{quote(next(odd), safe='%')}.pdf"


def test_every_door_that_is_asked_is_on_the_list(server: RunningServer) -> None:
    asked = {
        re.sub(r":\w+}", "}", route.path.lstrip("/")) for route in server.app.framework.routes if "GET" in getattr(route, "methods", ())
    }
    assert asked - DOORS.keys() == set()
    hot = [door for door, (_, method) in HOT_DOORS.items() if method == "GET"]
    listed = [re.sub(r"{\w+}", "AAAA", door.removeprefix("s/{site}/")) for door in DOORS]
    assert [door for door in hot if not any(re.fullmatch(door, path) for path in listed)] == ["pull"]


@pytest.mark.parametrize("who", ["周", "管", "吴"])
def test_an_odd_question_at_any_door_is_a_problem_or_answered(cast: Cast, who: str) -> None:
    """The office, the administrator, and somebody from outside: the registry knows every answer."""
    seen = {checked(cast[who].http.get(f"/{address}")) for address in odd_addresses(cast[who])}
    assert {"not_found", "malformed", "forbidden" if who == "吴" else "query_bad"} <= seen


@pytest.mark.parametrize(
    "change",
    [
        {"wait": "x"},
        {"hs": "-1"},
        {"hs": "999999999999999", "hh": "zz"},
        {"hs": "1", "hh": "ab" * 32},
        {"cur": "x" * 43},
        {"bh": "岗"},
        {"epoch": "\x00"},
    ],
)
def test_odd_values_in_a_good_query_never_break_it(cast: Cast, change: dict[str, str]) -> None:
    lin = cast["林"]
    checked(lin.pull_response(**change))
    assert lin.pull().replica.trouble == ""


NOT_HTTP = "Invalid HTTP request received."
"""What the HTTP parser itself says to bytes that are no request (400): they reach no endpoint."""
ODD_COOKIES = [
    "zg-yunting=",
    "zg-yunting=x",
    "zg-yunting=" + "x" * 5000,
    "=;=;",
    "zg-yunting=\x01",
    "a" * 9000,
    'zg-yunting="',
    "zg-yunting=é",
]


@pytest.mark.parametrize("cookie", ODD_COOKIES)
def test_an_odd_cookie_is_no_session(cast: Cast, cookie: str) -> None:
    lin = cast["林"]
    with httpx.Client(base_url=cast.url, trust_env=False, verify=PLAIN) as stranger:
        answer = stranger.get(f"/s/{SITE}/pull", params=lin.replica.pull_query(), headers={"Cookie": cookie.encode("utf-8")})
    assert answer.text == NOT_HTTP or checked(answer) in ("login_required", "malformed")


# --- ops: well signed, badly meant -------------------------------------------------------------------------------------


def odd_ops(act: Act) -> Iterator[dict[str, Any]]:
    """Arguments of one act with each field, and each field inside, left out or odd."""
    whole = msgspec.to_builtins(act.args)
    for name, value in whole.items():
        yield {k: v for k, v in whole.items() if k != name}
        for odd in ODD_VALUES:
            yield {**whole, name: _big(odd)}
        if isinstance(value, list) and value:
            for odd in ODD_VALUES:
                yield {**whole, name: [*value, _big(odd)]}
    yield {**whole, "unknown": "field"}


def flush(device: Device) -> list[m.Result]:
    """Push everything that was appended, well signed; every number must be consumed."""
    replica, results = device.replica, []
    while replica.pending:
        push = replica.push()
        answer = device.push_once(push)
        assert (answer.stop, len(answer.results)) == (None, len(push.ops))
        assert answer.last == m.Head(replica.acked + len(push.ops), replica.link(replica.acked + len(push.ops)))
        replica.acked = answer.last.seq
        results += answer.results
    return results


def push_signed(device: Device, bodies: list[str]) -> list[m.Result]:
    """Push these bodies as the next ops of the device."""
    for body in bodies:
        device.replica.append("", "", "", body)
    return flush(device)


def op_text(device: Device, **fields: Any) -> str:
    """The next op of the device with some fields set."""
    replica = device.replica
    now = replica.time.now()
    base = {
        **{
            "v": 1,
            "site": device.site,
            "dev": replica.dev,
            "seq": replica.head.seq + 1,
            "prev": replica.head.hash,
            "id": replica.new_id(now),
        },
        **{"t": "e", "k": "incident.report", "sv": 1, "rid": replica.new_id(now), "a": {}, "clk": replica.time.read()},
    }
    return msgspec.json.encode({k: v for k, v in {**base, **fields}.items() if v is not ...}).decode()


def sound(result: m.Result, cls: str) -> None:
    """An outcome the registry knows, possible for its class, and not a crash."""
    assert result.code != "INTERNAL", result
    assert cls == "c" or result.st != "refused", result
    if result.code is not None:
        outcome = CODES[result.code].outcome
        assert outcome in ({"note"} if result.st == "applied" else {result.st, "either"}), result


def test_odd_arguments_of_every_op_kind_are_consumed_without_a_crash(cast: Cast, ledger: Callable[[], Any]) -> None:
    acts: dict[str, Act] = {}
    Day(cast).play(lambda act: acts.setdefault(act.kind, act))
    assert set(acts) == set(KINDS)
    for kind, act in acts.items():
        # About the record there is and about a new one by turns; an odd number of values makes the turns go round.
        device, rids = cast[act.who], cycle((act.rid, ""))
        for args in odd_ops(act):
            rid = next(rids) or device.replica.new_id(7)
            fields = {"k": kind, "sv": KINDS[kind].version, "t": KINDS[kind].cls, "rid": rid, "a": args, "if": act.guard or {}}
            device.replica.append("", "", "", op_text(device, **fields))
        for result in flush(device):
            sound(result, KINDS[kind].cls)


ODD_FIELDS: dict[str, list[Any]] = {
    "v": [..., 0, 2, "1", HUGE],
    "site": [..., "jinghu", "", 5],
    "dev": [..., "0" * 32, "", None],
    "id": [..., "", "x", "0" * 4000, 7, "\x00"],
    "t": [..., "c", "x", 1],
    "k": [..., "", "future.kind", "x" * 4000, 3],
    "sv": [..., 0, 2, -1, HUGE],
    "rid": [..., "", "x" * 4000, 5, "\x00"],
    "a": [..., None, [], 5, "x", {"kind": "fire"}],
    "clk": [
        ...,
        None,
        {},
        {"w": HUGE, "o": "x", "m": 0},
        {"w": -HUGE, "o": "x", "m": 0},
        {"w": 0, "o": "x", "m": HUGE, "off": -HUGE, "b": "x" * 43},
    ],
    "if": [None, [], {"x": HUGE}, {"x": "y"}],
    "g": [5, "x" * 4000],
    "blobs": [5, [5], [{"sha256": "x", "size": HUGE, "mime": "", "taken": -HUGE}]],
    "extra": [{"deep": [[[[]]]]}],
}


@pytest.mark.parametrize("field", list(ODD_FIELDS))
def test_an_odd_field_of_an_op_consumes_its_number_and_the_next_op_is_applied(cast: Cast, field: str) -> None:
    lin = cast.device("林")
    place = sorted(lin.pull().replica.bodies("post"))[0]
    good = Report("other", place, lin.replica.time.now(), 3)
    for odd in ODD_FIELDS[field]:
        value = {k: _big(v) for k, v in odd.items()} if isinstance(odd, dict) else _big(odd)
        (result,) = push_signed(lin, [op_text(lin, **{"a": good, field: value})])
        sound(result, "c" if field == "t" and odd == "c" else "e")
        (after,) = push_signed(lin, [op_text(lin, a=good)])
        assert after.st == "applied", (field, odd, after)


@pytest.mark.parametrize("body", ["", "{", "null", "[]", "[" * 30_000, '{"a":' * 6_000, '"\\ud800"', "岗" * 11_000])
def test_a_signed_text_that_is_no_op_consumes_its_number_once(cast: Cast, body: str) -> None:
    lin = cast.device("林")
    lin.replica.append("", "", "", body)
    push = lin.replica.push()
    first, again = lin.push_once(push), lin.push_once(push)
    assert [(r.seq, r.st, r.code) for r in first.results] == [(1, "held", "INVALID")]
    assert (again.results, again.last, again.stop) == (first.results, first.last, None)
    lin.replica.acked = 1
    place = sorted(lin.pull().replica.bodies("post"))[0]
    *_, after = push_signed(lin, [op_text(lin, a=Report("other", place, lin.replica.time.now(), 3))])
    assert (after.seq, after.st) == (2, "applied")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-HUGE, HUGE) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300) | json_values)
def test_no_json_or_bytes_whatever_break_a_door(cast: Cast, body: Any) -> None:
    import json

    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    for path in ("push", "session", "devices", "displays/session"):
        assert checked(cast["林"].post(path, content)) or content == b"{}"
