"""Down: rows, the sealed cursor, acks and beacons, through a real server (PROTOCOL.md section 2; laws I7, I12, I14, I18)."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
import pytest

from server.domain.incident.ops import Report
from sync import messages as m
from sync.cursor import CURSOR_CHARS
from sync.rows import bucket_set_hash, row_hash
from sync.timekeeper import beacon_holds
from tests.support.cast import SITE, Cast, Device, page
from tests.support.day import post_of


def report(device: Device) -> None:
    """Something happens that inspectors and the office see, and staff do not."""
    place = sorted(device.pull().replica.bodies("post"))[0]
    device.do("incident.report", Report("other", place, device.replica.time.now(), 3))


def test_a_first_pull_brings_what_the_person_may_see_and_the_next_brings_nothing(cast: Cast) -> None:
    wang = cast["王"].pull()
    kinds = {kind for kind, _ in wang.replica.rows}
    assert {"hall", "unit", "post", "person", "duty", "me", "post.pub"} <= kinds
    assert wang.replica.body("me", wang.uid)["uid"] == wang.uid
    head, *rest = page(wang.pull_text())
    assert isinstance(head, m.PullHead)
    assert (head.reset, len(rest)) == (False, 1)


def test_every_row_carries_the_hash_of_its_body_and_only_this_devices_buckets(cast: Cast) -> None:
    for name in ("王", "林", "屏"):
        device = cast[name].pull()
        assert device.replica.rows, name
        for (kind, rid), row in device.replica.rows.items():
            assert row.hash == row_hash(kind, rid, row.ver, row.body)
            assert row.buckets
            assert row.buckets <= device.replica.buckets


def test_a_first_pull_of_several_pages_ends_complete(cast: Cast) -> None:
    lin = cast.device("林").pull()
    place, now = sorted(lin.replica.bodies("post"))[0], lin.replica.time.now()
    for n in range(200):  # exercises, hours apart: each an incident of its own
        lin.save("incident.report", Report("other", place, now - n * 3_600_000, 3, drill=True))
    lin.push()
    fresh, pages = cast.device("林"), 0
    while fresh.replica.wants_pull:
        fresh.replica.pulled(fresh.replica.cursor, page(fresh.pull_text()))
        pages += 1
    assert pages > 1
    assert fresh.replica.state() == fresh.refetch()
    assert set(fresh.replica.bodies("incident")) == set(lin.pull().replica.bodies("incident"))
    assert lin.replica.state() == lin.refetch()


def test_a_cut_stream_moves_nothing_and_the_page_comes_again(cast: Cast) -> None:
    lin = cast.device("林")
    whole = lin.pull_text()
    lines = whole.splitlines()
    with pytest.raises(ValueError, match="without its head or its end"):
        lin.replica.pulled("", page(b"\n".join(lines[:-1])))
    assert (lin.replica.cursor, lin.replica.rows) == ("", {})
    assert lin.pull().replica.state() == lin.refetch()


def test_the_cursor_is_sealed_and_stands_still_while_others_are_busy(cast: Cast) -> None:
    wang, lin = cast["王"].pull(), cast["林"]
    before = wang.replica.cursor
    report(lin)
    report(lin)
    wang.pull()
    assert (wang.replica.cursor, len(before)) == (before, CURSOR_CHARS)
    lin.pull()
    assert lin.replica.cursor not in ("", before)


@pytest.mark.parametrize("cur", ["A" * 43, "x", "岗位", "A" * 500])
def test_a_cursor_that_was_not_sealed_here_starts_from_nothing(cast: Cast, cur: str) -> None:
    lin = cast["林"].pull()
    head = page(lin.pull_text(cur=cur))[0]
    assert isinstance(head, m.PullHead)
    assert head.reset


def test_another_epoch_or_buckets_that_are_not_those_named_start_from_nothing(cast: Cast) -> None:
    lin = cast["林"].pull()
    for change in ({"epoch": "0000000000000000"}, {"bh": bucket_set_hash(frozenset({"pub"})), "have": "hall"}):
        head = page(lin.pull_text(**change))[0]
        assert isinstance(head, m.PullHead)
        assert head.reset
        assert head.epoch == lin.replica.epoch


def test_a_device_is_read_by_its_own_person_only(cast: Cast) -> None:
    lin, wang = cast["林"], cast["王"]
    answer = wang.pull_response(dev=lin.replica.dev)
    assert (answer.status_code, answer.json()["type"]) == (401, "login_required")
    with httpx.Client(base_url=cast.url, trust_env=False) as stranger:
        answer = stranger.get(f"/s/{SITE}/pull", params=lin.replica.pull_query())
    assert (answer.status_code, answer.json()["type"]) == (401, "login_required")


def test_a_device_nobody_enrolled_is_unknown(cast: Cast) -> None:
    answer = cast["林"].pull_response(dev="0" * 32)
    assert (answer.status_code, answer.json()["type"]) == (401, "device_unknown")


def test_a_long_poll_answers_as_soon_as_something_changes(cast: Cast) -> None:
    lin = cast["林"].pull()
    office = cast["周"].pull()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(office.pull_text, 20)
        time.sleep(0.3)
        assert not waiting.done()
        report(lin)
        rows = [line for line in page(waiting.result(timeout=10)) if isinstance(line, m.Row)]
    assert {row.k for row in rows} == {"incident"}  # with what was reported of that place before: they are one


def test_a_long_poll_ends_by_itself_with_an_empty_page(cast: Cast) -> None:
    wang = cast["王"].pull()
    lines = page(wang.pull_text(wait=1))
    assert [type(line) for line in lines] == [m.PullHead, m.PullEnd]


def test_beacons_are_signed_by_the_site_and_answer_the_head_of_the_device(cast: Cast) -> None:
    lin = cast["林"]
    report(lin)
    answer = lin.push_once(lin.replica.push())
    end = page(lin.pull_text())[-1]
    assert isinstance(end, m.PullEnd)
    for beacon, head in ((answer.beacon, answer.last), (end.beacon, end.ack)):
        assert beacon_holds(lin.replica.server_key, SITE, beacon)
        assert beacon.n == head.hash
        assert not beacon_holds(lin.replica.server_key, "jinghu", beacon)
        assert not beacon_holds(lin.replica.server_key, SITE, msgspec.structs.replace(beacon, t=beacon.t + 1))


def test_what_a_compressed_answer_holds_is_the_same(cast: Cast) -> None:
    lin = cast.device("林")
    plain = lin.http.get(f"/s/{SITE}/pull", params=lin.replica.pull_query(), headers={"Accept-Encoding": "identity"})
    packed = lin.http.get(f"/s/{SITE}/pull", params=lin.replica.pull_query(), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.content.splitlines()[:-1] == packed.content.splitlines()[:-1]


def test_a_person_with_several_devices_has_the_same_rows_on_each(cast: Cast) -> None:
    one, two = cast["林"].pull(), cast.device("林")
    report(one)

    def shared(device: Device) -> dict[tuple[str, str], tuple[int, str]]:
        rows = device.pull().replica.rows.items()
        return {key: (row.ver, row.body) for key, row in rows if key[0] != "op.result"}

    assert shared(one) == shared(two)


def test_a_visitor_of_the_check_team_holds_no_hall_data(cast: Cast) -> None:
    wu = cast["吴"].pull()
    assert {kind for kind, _ in wu.replica.rows} == {"hall", "me", "mission", "checklist"}
    assert wu.replica.buckets == {f"u:{wu.uid}", "role:TEAM", f"dev:{wu.replica.dev}"}
    assert cast["王"].pull().replica.bodies("mission") == {}
    assert post_of(cast["王"])
