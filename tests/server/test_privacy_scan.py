"""Every byte a wall screen or a stranger ever receives in a full day of the hall, field by field against a list written here by hand
(DSP-02, DSP-03, AWY-09, PRV-02, PRV-03, VIS-01).

Nothing is derived from the shapes of the server: a field added there is refused until somebody has asked whether the public may know it.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any, NamedTuple

import httpx
import pypdfium2
import pytest
import zxingcpp

from server.domain.presence.ops import Announce
from sync import messages as m
from sync.keys import b64
from tests.support.cast import Cast, Device, Link
from tests.support.clock import DeviceClocks, FirstMorning, Passing
from tests.support.day import MINUTE, Act, Day, post_of
from tests.support.server import serve

POST_PUB = frozenset(
    {"number", "zone", "order", "unit", "unit.*", "services", "services[].*", "label", "plate", "since", "stand_in", "back_at", "go_to"}
    | {"unit_id", "all_away", "b"}
)
SEASON = ("seasons[].first", "seasons[].hours", "seasons[].hours.*", "seasons[].lunch")
HALL = frozenset(
    {"names", "names.*", "phone", "tz", "locale", "plate", "zones", "zones[].id", "zones[].names", "zones[].names.*", "zones[].floor"}
    | {
        "hours",
        "hours.*",
        "days",
        "days.*",
        "calendars",
        "calendars.*",
        "rules",
        "rules.*",
        "dated",
        "dated[].from_day",
        "dated[].rules",
        "dated[].rules.*",
        "rule_set",
        "roster_version",
        "demo",
    }
    | {f"earlier[].{field}" for field in ("until", "hours", "hours.*", "lunch", "seasons", *SEASON)}
    | {"earlier"}
    | {"seasons", *SEASON, "lunch", "closures", "closures.*"}
)
SCREEN = frozenset({"layout", "unit", "mark"})
POST_IN = frozenset(
    {"number", "zone", "order", "unit", "unit.*", "label", "a", "b", "required", "since", "by", "reason", "destination", "left_at"}
    | {"back_at", "cover", "overdue"}
)
EMERGENCY = frozenset({"message", "since", "go_to", "paper_posts"})
BOARD = frozenset(
    {"kind", "first", "until", "at", "title", "title.*", "words", "words.*", "plate", "phone", "link", "month"}
    | {"progress"}
    | {f"progress.{total}" for total in ("since", "found", "rectified", "verified", "units", "done")}
    | {f"{share}{part}" for share in ("in_time", "satisfied", "answered") for part in ("", ".part", ".whole")}
)
"""What the office itself puts on the wall: its own texts, the hall's numbers, a duty leader by plate; nothing that says who wrote it.
And how far rectification has come, in totals of the hall (RCT-05)."""
PUBLIC = {"post.pub": POST_PUB, "hall": HALL, "screen": SCREEN, "emergency.pub": EMERGENCY, "board.pub": BOARD}
LABELS = frozenset({"on_post", "step_away", "official_out", "meeting_training", "off_today", "covered", "suspended", "closed"})

WIRE = {
    "h": {"t", "epoch", "buckets", "bh", "reset", "fill", "ask", "snaps"},
    "r": {"t", "b", "k", "rid", "v", "h", "d", "p"},
    "e": {"t", "to", "more", "ack", "dur", "beacon", "now", "sums"},
    "hi": {"t", "proto", "epoch", "now", "nonce", "hb"},
    "ok": {"t", "mode", "bh", "beacon"},
    "c": {"t", "prev", "to", "bh", "rows", "ack", "dur"},
    "p": {"t"},
    "hb": {"t", "now", "beacon"},
    "bye": {"t", "code", "after_ms", "spread_ms"},
    "pong": {"t"},
}
BEACON = {"id", "t", "n", "s"}
CONFIG = frozenset({"software", "demo", "setup", "sites", "sites[].id", "sites[].names", "sites[].names.*", "sites[].locale"})
PAGE = frozenset({"文件", "编号", "份次", "出具时间", "大厅电话"})
"""What the page behind the code of a document tells of it."""
PAIRING = {"code", "until", "paired"}
SESSION = {"uid", "name", "roles", "until", "nonce"}
PROBLEM = {"type", "title", "status", "retry", "params"}
PERSONAS = frozenset({"sites[].personas", "sites[].personas[].id", "sites[].personas[].role", "sites[].personas[].name"})
"""Whom a demo offers to be; a hall at work offers nobody."""

SECRETS = (
    *("送材料", "八零二一", "市局", "路上堵车", "排队人数突增", "打印纸", "四一七", "社保转移", "身份已暴露", "情况属实", "请举一反三"),
    *("当天培训", "补正材料", "业务章", "钥匙在抽屉", "办结一件", "去医院", "怀孕"),
)
PERSONAL_KEYS = re.compile(r'"(?:uid|person|inspector|reporter|text|contact|destination|badge|phone_private|leave|type|grade|late|count)"')


class Heard(NamedTuple):
    """Everything one screen got: lines of pulls and frames of the socket, as text."""

    lines: list[str]
    frames: list[str]

    def rows(self) -> Iterator[tuple[str, Any]]:
        """Kind and body of every row in them."""
        for text in self.lines:
            line = json.loads(text)
            if line.get("t") == "r" and line.get("d"):
                yield line["k"], json.loads(line["d"])
        for text in self.frames:
            for row in json.loads(text).get("rows", []):
                if row.get("d"):
                    yield row["k"], json.loads(row["d"])


def fields(value: Any, maps: frozenset[str], path: str = "") -> Iterator[str]:
    """Every field of a body as a path; the keys of a map allowed as `x.*` count as one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.*" if f"{path}.*" in maps else f"{path}.{key}" if path else key
            yield here
            yield from fields(inner, maps, here)
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, maps, f"{path}[]")


def outside(heard: Heard, allowed: dict[str, frozenset[str]]) -> list[str]:
    """What reached a screen and is on no list."""
    found = {kind for kind, _ in heard.rows()} - set(allowed)
    for kind, body in heard.rows():
        found |= {f"{kind}.{path}" for path in fields(body, allowed.get(kind, frozenset())) if path not in allowed.get(kind, ())}
    return sorted(found)


def listen(device: Device, link: Link) -> Heard:
    """All of it: what the socket said, and what a pull from nothing gives."""
    text = device.pull_text(cur="").decode()
    return Heard([line for line in text.splitlines() if line], list(link.texts))


@pytest.fixture(scope="module")
def world() -> Passing:
    morning = Passing(0)
    morning.at = FirstMorning().at
    return morning


class Lived(NamedTuple):
    """A day with a screen of each layout listening."""

    url: str
    heard: dict[str, Heard]
    names: frozenset[str]
    plates: frozenset[str]
    uids: frozenset[str]
    page: str
    screen: Device


@pytest.fixture(scope="module")
def lived(world: Passing) -> Iterator[Lived]:
    """One day in which every institution says everything it can, private reasons among them."""
    with serve(clock=world) as server, ExitStack() as stack:
        cast = Cast(server.base_url, world)
        stack.callback(cast.close)
        unit = str(cast["王"].pull().replica.body("post", post_of(cast["王"]))["unit"])
        screens = {
            "hall": cast["屏"],
            "whereabouts": cast.screen("whereabouts"),
            "door": cast.screen("door", unit),
            "overview": cast.screen("overview"),
        }
        links = {name: stack.enter_context(device.live()) for name, device in screens.items()}

        acts = count(1)

        def listen_on(_: Act) -> None:
            # A socket may say where it stands twenty times a second.
            if next(acts) % 8 == 0:
                for link in links.values():
                    link.settle()

        Day(cast).play(listen_on)
        private_matters(cast)
        world.at += MINUTE
        server.tick()  # the log closes the minute
        for link in links.values():
            link.settle()
        people = cast["周"].pull().replica.bodies("person")
        yield Lived(
            server.base_url,
            {name: listen(screens[name], links[name]) for name in screens},
            frozenset(str(p["name"]) for p in people.values()),
            frozenset(str(row["plate"]) for row in screens["hall"].replica.bodies("post.pub").values()),
            frozenset(people),
            printed(cast["王"].pull()),
            screens["door"],
        )


def private_matters(cast: Cast) -> None:
    """What nobody outside may ever read: illness as the reason of an absence, of a person and of a whole unit."""
    wang, head = cast["王"], cast["赵"].pull()
    post, now = post_of(wang.pull()), wang.replica.time.now()
    ill = Announce([post], "off_today", now, now + 300 * MINUTE, wang.uid, text="去医院，怀孕", contact="内线八零二一")
    assert wang.do("away.announce", ill).st == "applied"
    unit = str(head.replica.body("person", head.uid)["unit"])
    whole = Announce([], "meeting", now, now + 60 * MINUTE, head.uid, unit=unit, text="去医院", destination="市局", contact="八零二一")
    assert head.do("away.announce", whole).st == "applied"


def printed(wang: Device) -> str:
    """The address in the code of the card at the window of whoever is ill."""
    ill = next(rid for rid, body in wang.replica.bodies("away.office").items() if body["person"] == wang.uid and "去医院" in body["text"])
    pdf = wang.http.get(f"/s/{wang.site}/paper/away_card/{ill}.pdf").raise_for_status().content
    (found,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf)[0].render(scale=4).to_pil())
    return str(found.text)


@pytest.mark.parametrize("layout", ["hall", "whereabouts", "door"])
def test_a_public_screen_gets_nothing_that_is_not_on_the_list(lived: Lived, layout: str) -> None:
    heard = lived.heard[layout]
    assert outside(heard, PUBLIC) == []
    assert {kind for kind, _ in heard.rows()} >= {"post.pub", "hall", "screen"}, "and it did get these"


def test_the_offices_overview_gets_the_inside_faces_of_posts_and_nothing_else(lived: Lived) -> None:
    heard = lived.heard["overview"]
    assert outside(heard, PUBLIC | {"post.in": POST_IN}) == []
    assert "post.in" in {kind for kind, _ in heard.rows()}


@pytest.mark.parametrize("layout", ["hall", "whereabouts", "door", "overview"])
def test_lines_and_frames_have_no_other_keys_than_the_protocols(lived: Lived, layout: str) -> None:
    heard = lived.heard[layout]
    for text in (*heard.lines, *heard.frames):
        line = json.loads(text)
        assert set(line) <= WIRE[line["t"]], (line["t"], set(line) - WIRE[line["t"]])
        assert set(line.get("beacon") or {}) <= BEACON
        assert (line.get("beacon") or {}).get("n", "") == "", "a lobby's time mark names nobody's chain"
        for row in line.get("rows", []):
            assert set(row) <= WIRE["r"]


@pytest.mark.parametrize("layout", ["hall", "whereabouts", "door"])
def test_no_byte_of_it_tells_a_secret_or_a_person_by_id(lived: Lived, layout: str) -> None:
    heard = lived.heard[layout]
    everything = "\n".join((*heard.lines, *heard.frames))
    assert [secret for secret in SECRETS if secret in everything] == []
    bodies = "\n".join(json.dumps(body, ensure_ascii=False) for kind, body in heard.rows() if kind != "hall")
    assert PERSONAL_KEYS.findall(bodies) == []
    assert [uid for uid in lived.uids if f'"{uid}"' in everything] == []


def test_names_are_plates_and_labels_are_of_the_closed_set(lived: Lived) -> None:
    """AWY-09, DSP-06."""
    for layout in ("hall", "whereabouts", "door"):
        bodies = [body for kind, body in lived.heard[layout].rows() if kind == "post.pub"]
        assert bodies, layout
        for body in bodies:
            assert body["label"] in LABELS
            assert body.get("all_away", "on_post") in LABELS
            assert {body["plate"], body.get("b", ""), body.get("stand_in", "")} <= lived.names | {""}
            assert body.get("back_at", 0) % (5 * MINUTE) == 0, "an expected return is told by five minutes"


def test_the_overview_has_the_class_and_the_place_but_no_text_and_no_phone(lived: Lived) -> None:
    heard = lived.heard["overview"]
    everything = "\n".join((*heard.lines, *heard.frames))
    told_inside = {"市局"}
    assert [s for s in SECRETS if s in everything and s not in told_inside] == []
    assert [uid for uid in lived.uids if f'"{uid}"' in everything] == []


def test_a_stranger_learns_the_halls_and_how_to_reach_them_and_nothing_of_anybody(lived: Lived) -> None:
    """What answers without a session: configuration, health, pages; everything else is refused without a word about what is there."""
    with httpx.Client(base_url=lived.url, trust_env=False) as stranger:
        config = stranger.get("/config").raise_for_status()
        open_answers = [
            config,
            stranger.get("/healthz"),
            stranger.get("/"),
            stranger.get("/display"),
            stranger.get("/s/yunting/log/checkpoint"),
        ]
        for answer in open_answers:
            assert [s for s in SECRETS if s in answer.text] == []
        assert set(fields(config.json(), CONFIG)) <= CONFIG | PERSONAS
        for path in ("pull?cur=&bh=", "snapshot/AAAA", "blobs", "devices", "session", "displays/session", "registers", "reports"):
            refused = stranger.get(f"/s/yunting/{path}")
            assert refused.status_code in (400, 401, 403, 404, 405), (path, refused.status_code)
            assert not any(name in refused.text for name in lived.names), path


def test_a_stranger_reads_the_log_and_the_page_of_a_document_and_finds_nobody_in_them(lived: Lived) -> None:
    """PRV-02, DOC-06: the log is hashes and notes; the page behind a code tells that a document is the hall's, never what it says."""
    with httpx.Client(base_url=lived.url, trust_env=False) as stranger:
        note = stranger.get("/s/yunting/log/checkpoint").raise_for_status()
        size = int(note.text.splitlines()[1])
        head = stranger.get("/s/yunting/log/checkpoint", params={"from": 1}).raise_for_status()
        assert set(fields(head.json(), frozenset())) == {"checkpoint", "vkey", "proof", "cosigned"}
        width = f".p/{size % 256}" if size < 256 else ""
        tiles = [stranger.get(f"/s/yunting/log/tile/{level}/000{width}").raise_for_status() for level in ("0", "entries")]
        page = stranger.get(lived.page).raise_for_status()
        assert set(re.findall("<dt>(.*?)</dt>", page.text)) <= PAGE
        assert len(re.findall("<dt>", page.text)) >= 3, "it is the page of a real document"
        answers = [note, head, *tiles, page, stranger.get("/s/yunting/paper.css").raise_for_status(), stranger.get("/s/yunting/p/1.x")]
        for answer in answers:
            assert told_of_people(lived, answer) == []


def test_a_stranger_who_would_be_a_screen_gets_six_digits_and_a_screen_itself(lived: Lived, world: Passing) -> None:
    """DSP-01, PRV-02."""
    strange = Device(lived.url, DeviceClocks(world), site="yunting")
    replica, at = strange.replica, strange.clocks.wall_ms()
    asked = strange.post("displays", m.PairingAsk(b64(replica.key.public), replica.prove("pair"))).raise_for_status()
    polled = strange.http.get(f"/s/yunting/displays/{replica.dev}").raise_for_status()
    assert set(asked.json()) == set(polled.json()) == PAIRING
    refused = [
        strange.post("displays/session", m.DeviceProof(replica.dev, at, replica.prove(str(at)))),
        strange.http.get("/s/yunting/displays/nothing"),
        strange.post("displays/confirm", m.PairingConfirm(asked.json()["code"])),
    ]
    assert [answer.status_code for answer in refused] == [401, 404, 401]
    assert set().union(*(answer.json() for answer in refused)) <= PROBLEM
    own = lived.screen
    at = own.clocks.wall_ms()
    session = own.post("displays/session", m.DeviceProof(own.replica.dev, at, own.replica.prove(str(at)))).raise_for_status()
    assert set(session.json()) == SESSION
    assert session.json()["uid"] == f"board-{own.replica.dev[:8]}"
    for answer in (asked, polled, *refused, session):
        assert told_of_people(lived, answer) == []
    strange.close()


def told_of_people(lived: Lived, answer: httpx.Response) -> list[str]:
    """Secrets, names and ids of people in an answer, its headers included."""
    said = answer.content.decode(errors="replace") + "".join(f"{key}: {value}\n" for key, value in answer.headers.multi_items())
    return [word for word in (*SECRETS, *lived.names, *lived.plates, *lived.uids) if word and word in said]


def test_the_scan_would_notice() -> None:
    """A field nobody has put on the list is found wherever it hides."""
    body = {"label": "on_post", "unit": {"zh_Hans": "x"}, "services": [{"en": "y", "why": {"deep": 1}}], "leave_type": "sick"}
    line = json.dumps({"t": "r", "k": "post.pub", "d": json.dumps(body)})
    frame = json.dumps({"t": "c", "rows": [{"k": "away.office", "d": json.dumps({"text": "z"})}]})
    assert outside(Heard([line], [frame]), PUBLIC) == [
        "away.office",
        "away.office.text",
        "post.pub.leave_type",
        "post.pub.services[].*.deep",
    ]
