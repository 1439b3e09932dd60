"""Cursors and beacon ids are sealed: nothing to order or count by, of no use at another site or epoch."""

from hypothesis import given
from hypothesis import strategies as st

from sync.cursor import CURSOR_CHARS, BeaconMark, Cursor, Seal

KEY = bytes(range(64))
SEAL = Seal(KEY, "yunting", "e1")
positions = st.integers(0, 2**63 - 1)


@given(positions, positions)
def test_a_token_opens_to_what_was_sealed_and_has_one_length(pos: int, start: int) -> None:
    token = SEAL.cursor(Cursor(pos, start))
    assert len(token) == CURSOR_CHARS
    assert SEAL.open_cursor(token) == Cursor(pos, start)


def test_the_same_cursor_is_the_same_token_so_nothing_moves_when_nothing_changed() -> None:
    assert SEAL.cursor(Cursor(7, 7)) == Seal(KEY, "yunting", "e1").cursor(Cursor(7, 7))


@given(positions)
def test_neighbouring_positions_share_nothing_to_see(pos: int) -> None:
    here, there = SEAL.cursor(Cursor(pos, pos)), SEAL.cursor(Cursor(pos + 1, pos + 1))
    assert sum(a == b for a, b in zip(here, there, strict=True)) < CURSOR_CHARS // 2


def test_a_token_of_another_site_epoch_or_key_is_refused() -> None:
    token = SEAL.cursor(Cursor(5, 5))
    for other in (Seal(KEY, "jinghu", "e1"), Seal(KEY, "yunting", "e2"), Seal(bytes(64), "yunting", "e1")):
        assert other.open_cursor(token) is None


@given(st.text(max_size=60))
def test_text_that_was_never_sealed_is_refused(text: str) -> None:
    assert SEAL.open_cursor(text) is None
    assert SEAL.open_beacon(text) is None


@given(st.integers(0, CURSOR_CHARS - 2), st.sampled_from("ABCXYZabcxyz0189-_"))
def test_a_token_with_one_character_changed_is_refused(at: int, char: str) -> None:
    token = SEAL.cursor(Cursor(9, 9))
    changed = token[:at] + char + token[at + 1 :]
    assert (SEAL.open_cursor(changed) is None) == (changed != token)


@given(positions, st.binary(min_size=32, max_size=32))
def test_a_beacon_id_returns_its_time_and_the_head_it_answered(at: int, nonce: bytes) -> None:
    assert SEAL.open_beacon(SEAL.beacon_id(BeaconMark(at, nonce))) == BeaconMark(at, nonce[:8])


def test_a_beacon_outlives_an_epoch_but_not_its_site() -> None:
    token = SEAL.beacon_id(BeaconMark(5, bytes(8)))
    assert Seal(KEY, "yunting", "e2").open_beacon(token) == BeaconMark(5, bytes(8))
    assert Seal(KEY, "jinghu", "e1").open_beacon(token) is None


def test_the_name_of_a_snapshot_is_its_own_and_says_nothing_of_bucket_or_commit() -> None:
    names = [SEAL.snapshot_id(bucket, cid) for bucket in ("hall", "pub", "unit:" + "x" * 60) for cid in (1, 2)]
    assert (len(set(names)), {len(name) for name in names}) == (6, {32})
    assert SEAL.snapshot_id("hall", 1) == names[0]
    for other in (Seal(KEY, "jinghu", "e1"), Seal(KEY, "yunting", "e2"), Seal(bytes(64), "yunting", "e1")):
        assert other.snapshot_id("hall", 1) != names[0]


def test_a_cursor_is_no_beacon_and_a_beacon_no_cursor() -> None:
    assert SEAL.open_beacon(SEAL.cursor(Cursor(5, 5))) is None
    assert SEAL.open_cursor(SEAL.beacon_id(BeaconMark(5, bytes(8)))) is None
