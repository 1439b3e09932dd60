"""A minute of the log: the same to look at whatever it holds (I18), and every record in it provable."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.merkle import node_hash
from sync.minute import DEPTH, SLOTS, Entry, Minute, Opening, commitment, filler, read_entry, read_opening, root_of_path

KEY = bytes(range(32))
taken = st.dictionaries(st.integers(0, SLOTS - 1), st.binary(min_size=32, max_size=32), max_size=6)


def brute(key: bytes, full: dict[int, bytes], height: int, index: int) -> bytes:
    """The tree from its top down: a subtree with nothing in it is its filler."""
    if not any(slot >> height == index for slot in full):
        return filler(key, height, index)
    if height == 0:
        return full[index]
    return node_hash(brute(key, full, height - 1, 2 * index), brute(key, full, height - 1, 2 * index + 1))


@settings(deadline=None)
@given(taken)
def test_the_root_is_that_of_the_tree_with_every_empty_subtree_filled(full: dict[int, bytes]) -> None:
    assert Minute(KEY, full).root == brute(KEY, full, DEPTH, 0)


@settings(deadline=None)
@given(taken)
def test_every_place_has_a_path_of_the_same_length_to_the_root(full: dict[int, bytes]) -> None:
    minute = Minute(KEY, full)
    for slot, leaf in full.items():
        path = minute.path(slot)
        assert len(path) == DEPTH
        assert root_of_path(slot, leaf, path) == minute.root
        assert root_of_path(slot ^ 1, leaf, path) != minute.root


def test_nothing_in_a_path_tells_an_empty_neighbour_from_a_taken_one() -> None:
    """The holder of one proof sees twenty hashes; that others recorded in the same minute changes them to twenty other hashes.

    EVD-15, PRV-16.
    """
    rng = random.Random(1)
    leaf = rng.randbytes(32)
    alone = Minute(KEY, {5: leaf}).path(5)
    crowd = Minute(KEY, {5: leaf, **{rng.randrange(6, SLOTS): rng.randbytes(32) for _ in range(1000)}}).path(5)
    assert {len(one) for one in (*alone, *crowd)} == {32}
    assert len(set(alone)) == len(set(crowd)) == DEPTH


def test_a_commitment_binds_everything_it_is_made_of() -> None:
    parts = [bytes(32), hashlib.sha256(b"body").digest(), bytes([7]) * 32]
    whole = commitment(parts[0], parts[1], parts[2], 1_795_300_000_000)
    assert whole == hashlib.sha256(b"\x02" + b"".join(parts) + (1_795_300_000_000).to_bytes(8, "big")).digest()
    for i in range(3):
        other = [*parts[:i], bytes([9]) * 32, *parts[i + 1 :]]
        assert commitment(other[0], other[1], other[2], 1_795_300_000_000) != whole
    assert commitment(parts[0], parts[1], parts[2], 1_795_300_000_001) != whole


@settings(deadline=None)
@given(st.integers(0, 2**63), st.binary(min_size=32, max_size=32))
def test_an_entry_is_forty_bytes(at: int, root: bytes) -> None:
    entry = Entry(at, root)
    assert len(entry.packed) == 40
    assert read_entry(entry.packed) == entry


def opening(slot: int = 3) -> Opening:
    minute = Minute(KEY, {slot: commitment(bytes(32), bytes(32), bytes(32), 7)})
    return Opening(slot, 60_000, 7, bytes(32), bytes(32), bytes(32), tuple(minute.path(slot)))


def test_an_opening_leads_to_its_entry_and_has_one_length() -> None:
    made = opening()
    assert read_opening(made.packed) == made
    assert made.entry == Entry(60_000, Minute(KEY, {3: commitment(bytes(32), bytes(32), bytes(32), 7)}).root)
    assert len(made.packed) == len(opening(SLOTS - 1).packed) == 757


@pytest.mark.parametrize("spoil", [lambda p: p[:-1], lambda p: p + b"0", lambda p: b"\x02" + p[1:], lambda p: p[:1] + b"\xff" + p[2:]])
def test_what_is_no_opening_is_refused(spoil: object) -> None:
    with pytest.raises(ValueError, match=r"opening|place"):
        read_opening(spoil(opening().packed))  # type: ignore[operator]


@pytest.mark.parametrize("packed", [b"", bytes(39), bytes(41)])
def test_what_is_no_entry_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="40 bytes"):
        read_entry(packed)
