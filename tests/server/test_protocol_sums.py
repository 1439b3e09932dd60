"""Sums and repair: two sides that should hold the same find out in one exchange, and exchange only what differs (laws I20, I21)."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from server.domain.incident.ops import Report
from sync import messages as m
from sync.cursor import CURSOR_CHARS
from sync.replica import Damaged
from sync.rows import row_hash
from sync.shelf import AUDIT_PARTS, Stored, part_of
from sync.sums import leaf_of, sum_of
from tests.support.cast import SITE, Cast, Device, page

NOT_THERE = "u:p999999"


def end_of(device: Device) -> m.PullEnd:
    """The end of a pull that has nothing more to bring."""
    end = page(device.pull_text())[-1]
    assert isinstance(end, m.PullEnd)
    return end


def report(device: Device) -> str:
    """An incident; its rid."""
    place = sorted(device.pull().replica.bodies("post"))[0]
    return device.do("incident.report", Report("other", place, device.replica.time.now(), 3)).rid


def lose(device: Device, keys: list[tuple[str, str]]) -> None:
    """The storage loses rows, and the app notices as it counts anew."""
    device.may_differ = True
    for key in keys:
        del device.replica.rows[key]
    device.replica.audit(0)


def exchange(device: Device) -> tuple[m.Repair, bytes]:
    """Pull once, ask for the repair that follows, take its answer."""
    asked = device.replica.cursor
    assert device.replica.pulled(asked, page(device.pull_text()))
    repair = device.replica.repair()
    assert repair is not None
    answer = device.post("repair", repair).raise_for_status()
    device.replica.repaired(repair, page(answer.content))
    return repair, answer.content


def test_the_last_page_tells_the_sums_of_exactly_the_buckets_held_but_the_devices_own(cast: Cast) -> None:
    for name in "王林周吴屏":
        device = cast[name].pull()
        sums = end_of(device).sums
        assert set(sums) == {bucket for bucket in device.replica.buckets if not bucket.startswith("dev:")}
        for bucket, told in sums.items():
            assert told == sum_of(row.hash for row in device.replica.rows.values() if bucket in row.buckets)
            assert told == device.replica.shelf.sum(bucket)


def test_a_page_that_is_not_the_last_tells_no_sums(cast: Cast) -> None:
    lin = cast["林"].pull()
    place, now = sorted(lin.replica.bodies("post"))[0], lin.replica.time.now()
    for _ in range(200):
        lin.save("incident.report", Report("other", place, now, 3))
    lin.push()
    fresh, ends = cast.device("林"), list[m.PullEnd]()
    while not ends or ends[-1].more:
        content = page(fresh.pull_text())
        fresh.replica.pulled(fresh.replica.cursor, content)
        assert isinstance(content[-1], m.PullEnd)
        ends.append(content[-1])
    assert len(ends) > 1
    assert [bool(end.sums) for end in ends] == [not end.more for end in ends]
    assert fresh.replica.differences == []


def test_frames_keep_the_sums_as_pulls_do(cast: Cast) -> None:
    office, lin = cast["周"], cast["林"]
    with office.live() as link:
        report(lin)
        link.settle()
        told = {bucket: office.replica.shelf.sum(bucket) for bucket in office.replica.buckets if not bucket.startswith("dev:")}
    assert end_of(office).sums == told


@pytest.mark.parametrize("bucket", ["hall", "role:INS"])
def test_a_lost_row_is_found_in_one_exchange_and_only_its_leaf_comes_back(cast: Cast, bucket: str) -> None:
    lin = cast["林"]
    report(lin)
    truth = lin.pull().replica.state()
    (key, *_) = [key for key, row in lin.replica.rows.items() if row.buckets == {bucket}]
    leaf = leaf_of(*key)
    lose(lin, [key])
    repair, answer = exchange(lin)
    assert repair.bucket == bucket
    head, told, *rows, end = page(answer)
    assert isinstance(head, m.PullHead)
    assert isinstance(end, m.PullEnd)
    assert told == m.Leaf(bucket, [leaf])
    expected = {k for k, row in lin.replica.rows.items() if bucket in row.buckets and leaf_of(*k) == leaf}
    assert {(row.k, row.rid) for row in rows if isinstance(row, m.Row)} == expected
    assert (head.reset, end.more, end.to) == (False, True, lin.replica.cursor)
    assert lin.pull().replica.state() == truth
    assert [d.bucket for d in lin.replica.differences] == [bucket]


def test_the_log_names_no_bucket_that_not_everybody_has_and_counts_none_of_its_rows(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """I18: whoever reads the log learns neither whose device leads checks nor how much is sealed."""
    lead = cast["孙"].pull()
    for bucket, named in (("role:CHECK", False), ("hall", True)):
        (key, *_) = [key for key, row in lead.replica.rows.items() if row.buckets == {bucket}]
        lose(lead, [key])
        caplog.clear()
        with caplog.at_level(logging.WARNING, "zaigang.alarm"):
            repair, _ = exchange(lead)
        assert repair.bucket == bucket
        (told,) = [record.getMessage() for record in caplog.records if lead.replica.dev in record.getMessage()]
        n, total = lead.replica.shelf.sum(bucket)
        assert total in told
        assert (bucket in told, f"({n}, " in told) == (named, named)


def test_a_row_the_server_does_not_have_goes(cast: Cast) -> None:
    lin = cast["林"].pull()
    truth, (some, row) = lin.replica.state(), next(iter(lin.replica.rows.items()))
    lin.replica.rows[some[0], "019d0000-0000-7000-8000-00000000dead"] = row
    lin.may_differ = True
    lin.replica.audit(0)
    exchange(lin)
    assert lin.pull().replica.state() == truth


def test_a_row_in_another_state_than_the_servers_is_found_though_the_number_of_rows_is_the_same(cast: Cast) -> None:
    lin = cast["林"].pull()
    truth, key = lin.replica.state(), next(key for key, row in lin.replica.rows.items() if row.buckets == {"hall"})
    row, body = lin.replica.rows[key], '{"other":"state"}'
    lin.replica.rows[key] = Stored(row.ver + 5, row_hash(*key, row.ver + 5, body), body, row.buckets)
    lin.may_differ = True
    assert lin.replica.audit(part_of(key)) == []
    exchange(lin)
    assert lin.pull().replica.state() == truth


def test_a_damaged_body_is_found_by_the_daily_audit_of_its_part_and_comes_back(cast: Cast) -> None:
    lin = cast["林"].pull()
    truth, key = lin.replica.state(), sorted(lin.replica.rows)[3]
    row: Stored = lin.replica.rows[key]
    lin.replica.rows[key] = row._replace(body=row.body.replace('"', " ", 1))
    lin.may_differ = True
    parts = [lin.replica.audit(part) for part in range(AUDIT_PARTS)]
    assert parts[part_of(key)] == [key]
    assert sum(map(len, parts)) == 1
    exchange(lin)
    assert lin.pull().replica.state() == truth


def test_many_lost_rows_come_in_several_answers_and_count_as_one_difference(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.gateway.repair.REPAIR_PAGE_BYTES", 32 * 1024)
    lin = cast["林"].pull()
    truth = lin.replica.state()
    lose(lin, [key for key, row in lin.replica.rows.items() if row.buckets == {"hall"}])
    asked = lin.replica.cursor
    lin.replica.pulled(asked, page(lin.pull_text()))
    answers = 0
    while repair := lin.replica.repair():
        lin.replica.repaired(repair, page(lin.post("repair", repair).raise_for_status().content))
        answers += 1
    assert answers > 2
    assert lin.pull().replica.state() == truth
    assert len(lin.replica.differences) == 1


def test_a_second_difference_within_a_day_drops_the_rows_and_starts_from_nothing(cast: Cast) -> None:
    lin = cast["林"].pull()
    truth = lin.replica.state()
    keys = [key for key, row in lin.replica.rows.items() if row.buckets == {"hall"}]
    lose(lin, keys[:1])
    lin.pull()
    lose(lin, keys[1:2])
    asked = lin.replica.cursor
    assert lin.replica.pulled(asked, page(lin.pull_text()))
    assert (lin.replica.repair(), lin.replica.cursor) == (None, "")
    assert lin.pull().replica.state() == truth
    assert [d.bucket for d in lin.replica.differences] == ["hall", "hall"]
    assert all(d.mine != d.theirs for d in lin.replica.differences)


def test_rows_that_changed_since_the_devices_cursor_do_no_harm_to_a_repair(cast: Cast) -> None:
    """The server compares as it is now, the device as it was; the delta that follows brings the same again."""
    office, lin = cast["周"], cast["林"]
    report(lin)
    office.pull()
    lose(office, [key for key, row in office.replica.rows.items() if key[0] == "unit"][:2])
    office.replica.pulled(office.replica.cursor, page(office.pull_text()))
    repair = office.replica.repair()
    assert repair is not None
    rid = report(lin)
    office.replica.repaired(repair, page(office.post("repair", repair).raise_for_status().content))
    office.pull()
    assert office.replica.body("incident", rid)
    assert office.replica.state() == office.refetch()


# --- hostile input ---------------------------------------------------------------------------------------------------


def asked(device: Device, **changes: Any) -> m.Repair:
    """A repair this device may ask for."""
    replica = device.pull().replica
    return msgspec.structs.replace(m.Repair(replica.dev, replica.cursor, replica.epoch, replica.bh, "hall", {}), **changes)


def test_without_leaves_the_whole_bucket_comes_and_nothing_of_others(cast: Cast) -> None:
    wang = cast["王"]
    rows = [line for line in page(wang.post("repair", asked(wang)).raise_for_status().content) if isinstance(line, m.Row)]
    assert {(row.k, row.rid) for row in rows} == {key for key, row in wang.replica.rows.items() if "hall" in row.buckets}
    assert all(set(row.b) <= wang.replica.buckets for row in rows)


@pytest.mark.parametrize("bucket", ["role:CHECK", "role:OFF", "u:p101", NOT_THERE, "", "x" * 5000, "hall\x00", "岗位"])
def test_a_bucket_of_others_is_refused_like_one_that_does_not_exist(cast: Cast, bucket: str) -> None:
    wang = cast["王"]
    answer = wang.post("repair", asked(wang, bucket=bucket))
    nowhere = wang.post("repair", asked(wang, bucket=NOT_THERE))
    assert (answer.status_code, answer.content) == (nowhere.status_code, nowhere.content)
    assert (answer.status_code, answer.json()["type"]) == (403, "forbidden")


def test_a_devices_own_bucket_is_not_repaired(cast: Cast) -> None:
    wang = cast["王"]
    assert wang.post("repair", asked(wang, bucket=f"dev:{wang.replica.dev}")).json()["type"] == "forbidden"


@pytest.mark.parametrize(
    "changes",
    [{"cur": ""}, {"cur": "A" * CURSOR_CHARS}, {"cur": "岗位"}, {"epoch": "0" * 16}, {"bh": "0" * 16}],
    ids=["nowhere", "forged", "text", "epoch", "buckets"],
)
def test_who_stands_elsewhere_than_he_thinks_is_told_to_pull_and_given_no_row(cast: Cast, changes: dict[str, str]) -> None:
    wang = cast["王"]
    lines = page(wang.post("repair", asked(wang, **changes)).raise_for_status().content)
    assert [type(line) for line in lines] == [m.PullHead, m.PullEnd]
    assert isinstance(lines[-1], m.PullEnd)
    assert lines[-1].more


def malformed(change: Callable[[dict[str, Any]], Any]) -> Callable[[m.Repair], bytes]:
    """The bytes of a repair after a change to its JSON."""

    def make(repair: m.Repair) -> bytes:
        body = msgspec.to_builtins(repair, str_keys=True)
        return msgspec.json.encode(change(body))

    return make


@pytest.mark.parametrize(
    "make",
    [
        malformed(lambda body: {**body, "leaves": {"256": [1, "0" * 16]}}),
        malformed(lambda body: {**body, "leaves": {"-1": [1, "0" * 16]}}),
        malformed(lambda body: {**body, "leaves": {"1": [-1, "0" * 16]}}),
        malformed(lambda body: {**body, "leaves": {"1": [1, "zz"]}}),
        malformed(lambda body: {**body, "leaves": {"x": [1, "0" * 16]}}),
        malformed(lambda body: {**body, "leaves": [1]}),
        malformed(lambda body: {**body, "bucket": 7}),
        malformed(lambda body: {}),
        lambda _: b"",
        lambda _: b"[" * 50_000,
        lambda _: b"\xff\xfe",
    ],
)
def test_a_repair_that_cannot_be_read_is_malformed(cast: Cast, make: Callable[[m.Repair], bytes]) -> None:
    wang = cast["王"]
    answer = wang.post("repair", make(asked(wang)))
    assert (answer.status_code, answer.json()["type"]) == (400, "malformed")


def test_a_repair_that_is_too_large_is_refused_before_it_is_held(cast: Cast) -> None:
    wang = cast["王"]
    assert wang.post("repair", b" " * 100_000).json()["type"] == "too_large"


def test_a_repair_is_asked_for_by_the_devices_own_person_only(cast: Cast) -> None:
    wang, lin = cast["王"], cast["林"]
    foreign = lin.post("repair", asked(wang))
    assert (foreign.status_code, foreign.json()["type"]) == (401, "login_required")
    unknown = wang.post("repair", asked(wang, dev="0" * 32))
    assert (unknown.status_code, unknown.json()["type"]) == (401, "device_unknown")
    with httpx.Client(base_url=cast.url, trust_env=False) as stranger:
        answer = stranger.post(f"/s/{SITE}/repair", content=msgspec.json.encode(asked(wang)))
    assert (answer.status_code, answer.json()["type"]) == (401, "login_required")
    assert wang.http.get(f"/s/{SITE}/repair").status_code == 405


def test_repairs_are_braked_per_device(cast: Cast) -> None:
    wang, lin = cast["王"], cast["林"]
    message, other = asked(wang), asked(lin)
    statuses = {wang.post("repair", message).status_code for _ in range(40)}
    assert statuses == {200, 429}
    assert lin.post("repair", other).status_code == 200


def test_a_repair_answer_that_is_damaged_changes_nothing(cast: Cast) -> None:
    lin = cast["林"].pull()
    lose(lin, [next(key for key, row in lin.replica.rows.items() if row.buckets == {"hall"})])
    lin.replica.pulled(lin.replica.cursor, page(lin.pull_text()))
    repair = lin.replica.repair()
    assert repair is not None
    lines = page(lin.post("repair", repair).raise_for_status().content)
    before = lin.replica.state()
    row = next(line for line in lines if isinstance(line, m.Row))
    for broken in (lines[:-1], [*lines[:2], msgspec.structs.replace(row, d='{"other":1}'), lines[-1]]):
        with pytest.raises(Damaged):
            lin.replica.repaired(repair, broken)
        assert lin.replica.state() == before
    assert lin.replica.repair() == repair
