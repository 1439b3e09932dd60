"""The log's tree against the definitions of RFC 6962, written out here as they stand there: roots, audit paths, consistency, tiles."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import merkle
from sync.merkle import Tile, Tiles

sizes = st.integers(1, 300)


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(i).encode()) for i in range(count)]


def mth(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, over the entries themselves."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def stored(count: int) -> tuple[Tiles, dict[Tile, bytes]]:
    """A tree grown leaf by leaf, and the tiles it kept; every leaf meets fresh eyes."""
    kept: dict[Tile, bytes] = {}
    for i, leaf in enumerate(leaves(count)):
        kept.update(Tiles(lambda tile: kept.get(tile, b"")).append(i, leaf))
    return Tiles(lambda tile: kept.get(tile, b"")), kept


@settings(deadline=None)
@given(st.integers(0, 300))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    entries = [str(i).encode() for i in range(size)]
    assert merkle.root(merkle.over(leaves(size)), size) == mth(entries)


@settings(deadline=None)
@given(sizes, st.data())
def test_every_leaf_has_a_path_to_the_root_and_no_other_leaf_fits_it(size: int, data: st.DataObject) -> None:
    node, hashes = merkle.over(leaves(size)), leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(node, index, size)
    root = merkle.root(node, size)
    assert merkle.root_of_inclusion(hashes[index], index, size, path) == root
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index)) if size > 1 else None
    if other is not None:
        assert merkle.root_of_inclusion(hashes[other], index, size, path) != root
        assert merkle.root_of_inclusion(hashes[index], other, size, path) != root
    assert merkle.root_of_inclusion(hashes[index], index, size, [*path, root]) is None
    assert not path or merkle.root_of_inclusion(hashes[index], index, size, path[:-1]) is None


@settings(deadline=None)
@given(sizes, st.data())
def test_a_log_is_shown_to_continue_exactly_the_one_before(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    node = merkle.over(leaves(size))
    before, after = merkle.root(node, old), merkle.root(node, size)
    proof = merkle.consistency(node, old, size)
    assert merkle.verify_consistency(old, before, size, after, proof)
    rewritten = leaves(size)
    rewritten[data.draw(st.integers(0, size - 1))] = merkle.leaf_hash(b"other")
    forged = merkle.over(rewritten)
    if merkle.root(forged, old) != before:
        assert not merkle.verify_consistency(old, before, size, merkle.root(forged, size), merkle.consistency(forged, old, size))
    for spoiled in ([*proof, after], proof[:-1], [bytes(32), *proof[1:]]):
        if spoiled != proof and old:
            assert not merkle.verify_consistency(old, before, size, after, spoiled)


@pytest.mark.parametrize(("old", "size"), [(-1, 4), (5, 4), (2, -1)])
def test_sizes_that_cannot_be_prove_nothing(old: int, size: int) -> None:
    assert not merkle.verify_consistency(old, bytes(32), size, bytes(32), [])
    with pytest.raises(ValueError, match="no tree"):
        merkle.consistency(merkle.over(leaves(4)), old, size)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])
def test_tiles_hold_the_tree_at_every_size_it_had(size: int) -> None:
    """c2sp.org/tlog-tiles: what was true of a smaller tree is a beginning of what is kept."""
    kept: dict[Tile, bytes] = {}
    tiles = Tiles(lambda tile: kept.get(tile, b""))
    hashes = leaves(size)
    for i, leaf in enumerate(hashes):
        kept.update(tiles.append(i, leaf))
    fresh = Tiles(lambda tile: kept.get(tile, b""))
    over = merkle.over(hashes)
    rng = random.Random(size)
    for old in {1, size, *(rng.randint(1, size) for _ in range(3))}:
        assert merkle.root(fresh.node, old) == merkle.root(over, old)
        assert merkle.consistency(fresh.node, old, size) == merkle.consistency(over, old, size)
    assert {tile: len(data) // 32 for tile, data in kept.items()} == {tile: merkle.tile_width(size, tile) for tile in kept}
    assert kept[Tile(0, 0)] == b"".join(hashes[:256])


def test_a_level_one_tile_holds_the_roots_of_the_full_tiles_below() -> None:
    _, kept = stored(700)
    assert kept[Tile(1, 0)] == b"".join(merkle.root(merkle.over(leaves(700)[i : i + 256]), 256) for i in (0, 256))


def test_a_tree_does_not_reach_further_than_its_tiles() -> None:
    tiles, _ = stored(5)
    with pytest.raises(ValueError, match="holds no node"):
        tiles.node(0, 5)


@pytest.mark.parametrize(
    ("level", "n", "width", "path"),
    [
        (0, 0, 256, "0/000"),
        (0, 5, 7, "0/005.p/7"),
        (1, 1_234_067, 256, "1/x001/x234/067"),
        ("entries", 1000, 8, "entries/x001/000.p/8"),
    ],
)
def test_a_tile_has_one_path(level: int | str, n: int, width: int, path: str) -> None:
    assert merkle.tile_path(level, n, width) == path
    assert merkle.read_tile_path(path) == (str(level), n, width)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=30), st.from_regex(r"(0|1|63|64|entries)/(x?\d{3}/){0,4}\d{3}(\.p/\d{1,3})?", fullmatch=True)))
def test_a_path_is_read_only_as_it_is_written(path: str) -> None:
    named = merkle.read_tile_path(path)
    assert named is None or merkle.tile_path(*named) == path
