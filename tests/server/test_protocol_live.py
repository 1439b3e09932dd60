"""Live: frames chain, carry exactly what a pull would, and the socket lets nobody in who may not read (laws I12, I18, I24)."""

import re
from contextlib import ExitStack
from itertools import count, cycle

import msgspec
import pytest

from server.domain.board.ops import BoardPublic
from server.domain.hall.ops import Hall, Screen
from server.domain.incident.ops import EmergencyPublic, Report
from server.domain.presence.ops import PostPublic
from sync import messages as m
from sync.keys import key_from
from tests.server.conftest import Open
from tests.support.cast import KINDS, Cast, Device, Link
from tests.support.clock import FirstMorning, World
from tests.support.day import Act, Day

EVERYBODY = "林王李赵周吴郑孙屏"
LOOKS = 3


@pytest.fixture(scope="module")
def world() -> World:
    """Time goes on; a month has just ended."""
    return FirstMorning()


def test_state_and_frames_equal_a_fresh_fetch_for_every_op_kind(cast: Cast) -> None:
    with ExitStack() as stack:
        links = {name: stack.enter_context(cast[name].live()) for name in EVERYBODY}

        turns = cycle([EVERYBODY[::3], EVERYBODY[1::3], EVERYBODY[2::3]])

        def equal(act: Act) -> None:
            """In turns: what is wrong with somebody's rows stays wrong until that very row changes again."""
            for name in next(turns):
                device = cast[name]
                # A chore of the site may write between the last frame and the fetch: then its frame comes with the next look.
                for _ in range(LOOKS):
                    links[name].settle()
                    if device.replica.state() == (fresh := device.refetch()):
                        break
                assert not device.replica.wants_pull, (act, name)
                assert device.replica.state() == fresh, (act, name)

        done = Day(cast).play(equal)
    assert set(done) == set(KINDS)


def test_frames_reached_those_concerned_and_the_lobby_saw_only_public_faces(opened: Open) -> None:
    world = FirstMorning()
    with opened(world) as server, ExitStack() as stack:
        cast = Cast(server.base_url, world)
        stack.callback(cast.close)
        links = {name: stack.enter_context(cast[name].live()) for name in EVERYBODY}
        # A socket may say so much a second: every few acts are enough.
        turns = count()

        def listen(_: Act) -> None:
            if next(turns) % 4 == 0:
                for link in links.values():
                    link.settle()

        Day(cast).play(listen)
        for link in links.values():
            link.settle()
        counts = {name: sum(isinstance(f, m.Commit) for f in link.frames) for name, link in links.items()}
        assert all(counts[name] > 0 for name in "林王李赵周吴郑孙屏"), counts
        lobby(cast, links["屏"])


def lobby(cast: Cast, link: Link) -> None:
    """Everything the wall screen ever got holds allow-listed kinds and fields only, and no secret of the day."""
    allowed = {"post.pub": PostPublic, "hall": Hall, "screen": Screen, "emergency.pub": EmergencyPublic, "board.pub": BoardPublic}
    fields = {kind: {f.encode_name for f in msgspec.structs.fields(body)} for kind, body in allowed.items()}
    bodies = [(row.k, row.d) for frame in link.frames if isinstance(frame, m.Commit) for row in frame.rows]
    bodies += [(kind, row.body) for (kind, _), row in cast["屏"].replica.rows.items()]
    assert {kind for kind, _ in bodies} == set(allowed)
    # What was taken back (an incident that is over, a post that is closed) has no body any more.
    shown = [(kind, body) for kind, body in bodies if body is not None]
    assert {kind for kind, _ in shown} == set(allowed)
    for kind, body in shown:
        assert set(msgspec.json.decode(body)) <= fields[kind]
    everything = "\n".join([*link.texts, cast["屏"].pull_text(cur="").decode()])
    for secret in ("送材料", "八零二一", "市局", "路上堵车", "排队人数突增", "打印纸", "四一七", "社保转移", "身份已暴露", "情况属实"):
        assert secret not in everything, secret
    for name in "林王李赵周吴郑孙":
        assert not re.search(rf"(?<![\w-]){cast[name].uid}(?![\w-])", everything), name


def test_a_frame_follows_the_cursor_and_carries_the_ack_of_the_sender(cast: Cast) -> None:
    lin = cast["林"]
    with lin.live() as link:
        before = lin.replica.cursor
        op = lin.save("incident.report", Report("other", sorted(lin.replica.bodies("post"))[0], lin.replica.time.now(), 3))
        lin.push_once(lin.replica.push())
        frame = link.next()
        assert isinstance(frame, m.Commit)
        assert (frame.prev, frame.ack) == (before, m.Head(op.seq, op.link))
        assert {row.k for row in frame.rows} == {"incident", "op.result"}
        assert (op.state, lin.replica.cursor) == ("applied", frame.to)


def test_what_was_missed_comes_with_the_next_connection(cast: Cast) -> None:
    office, lin = cast["周"], cast["林"]
    with office.live():
        pass
    place = sorted(lin.pull().replica.bodies("post"))[0]
    rid = lin.do("incident.report", Report("power", place, lin.replica.time.now(), 2)).rid
    with office.socket() as socket:
        link = Link(office, socket)
        link.next()
        ok, commit = link.next(), link.next()
        assert isinstance(ok, m.Ok)
        assert isinstance(commit, m.Commit)
    assert ok.mode == "live"
    assert office.replica.body("incident", rid)["kind"] == "power"


def test_two_sockets_of_one_device_hear_the_same(cast: Cast) -> None:
    lin, wang = cast["林"], cast["王"]
    place = sorted(lin.pull().replica.bodies("post"))[0]
    with lin.live(), lin.socket() as second:
        link = Link(lin, second)
        link.meet()
        wang.pull()
        wang.do("incident.report", Report("other", place, wang.replica.time.now(), 3))
        assert isinstance(link.next(), m.Commit)


def test_ping_is_answered_with_pong(cast: Cast) -> None:
    with cast["王"].live() as link:
        link.send(m.Ping())
        assert link.next() == m.Pong()


def greet(device: Device, link: Link, **changes: object) -> None:
    """Say hello with something wrong in it."""
    text = link.socket.recv(timeout=5)
    hi = msgspec.json.decode(text, type=m.Hi)
    link.send(msgspec.structs.replace(device.replica.hello(hi), **changes))


def test_a_hello_with_a_wrong_proof_is_shut_out(cast: Cast) -> None:
    lin = cast["林"]
    with lin.socket() as socket:
        link = Link(lin, socket)
        greet(lin, link, sig="A" * 86)
        assert link.closed_with() == 4403


def test_the_socket_of_a_phone_that_is_disabled_is_closed_within_five_seconds(cast: Cast) -> None:
    """I19: by itself, whatever else it is told meanwhile."""
    lost = cast.device("王")
    with lost.live() as link:
        cast["管"].http.delete(f"/s/{lost.site}/devices/{lost.replica.dev}").raise_for_status()
        assert link.closed_with(5) == 4403


def test_another_persons_device_is_not_listened_in_on(cast: Cast) -> None:
    lin, wang = cast["林"], cast["王"]
    with wang.socket() as socket:
        link = Link(wang, socket)
        hi = msgspec.json.decode(socket.recv(timeout=5), type=m.Hi)
        link.send(lin.replica.hello(hi))
        assert link.closed_with() in (4401, 4403)


def test_without_a_session_the_socket_says_sign_in(cast: Cast) -> None:
    lin = cast.device("林")
    lin.http.cookies.clear()
    with lin.socket() as socket:
        assert Link(lin, socket).closed_with() == 4401


def test_a_page_of_another_origin_hears_nothing(cast: Cast) -> None:
    lin = cast["林"]
    with lin.socket(origin="https://evil.example") as socket:
        assert Link(lin, socket).closed_with() == 4403


def test_a_device_whose_chain_differs_is_told_so(cast: Cast) -> None:
    lin = cast.device("林")
    lin.pull()
    lin.do("incident.report", Report("other", sorted(lin.replica.bodies("post"))[0], lin.replica.time.now(), 3))
    with lin.socket() as socket:
        link = Link(lin, socket)
        greet(lin, link, head=m.Head(1, "ab" * 32))
        assert link.closed_with() == 4409


def test_an_unknown_device_is_shut_out(cast: Cast) -> None:
    lin = cast["林"]
    stranger = key_from(424242)
    with lin.socket() as socket:
        link = Link(lin, socket)
        hi = msgspec.json.decode(socket.recv(timeout=5), type=m.Hi)
        other = Device(cast.url, lin.clocks, secret=424242)
        assert other.replica.key.public == stranger.public
        link.send(other.replica.hello(hi))
        assert link.closed_with() == 4403


def test_a_foreign_cursor_in_hello_resets_the_device(cast: Cast) -> None:
    lin = cast["林"].pull()
    lin.replica.cursor = "A" * 43
    with lin.live() as link:
        assert [f.mode for f in link.frames if isinstance(f, m.Ok)] == ["reset"]
        assert lin.replica.state() == lin.refetch()
