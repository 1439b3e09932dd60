"""The Merkle tree of the evidence log (PROTOCOL.md section 8): RFC 6962 hashing, proofs by RFC 9162, tiles by c2sp.org/tlog-tiles.

A tree is reached through `Node`: a function that gives the hash of the full subtree of 2^level leaves at an index. Where the hashes
are kept is not known here; `Tiles` makes a `Node` of stored tiles.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

Node = Callable[[int, int], bytes]
"""Hash of the full subtree of 2^level leaves at an index of its level."""

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of a log entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The parent of two nodes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbouring nodes."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile, one by one."""
    return [hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES)]


def over(leaves: Sequence[bytes]) -> Node:
    """The nodes of a tree held in memory as its leaf hashes."""
    return lambda level, index: fold(leaves[index << level : (index + 1) << level])


# --- roots and proofs ------------------------------------------------------------------------------------------------


def root(node: Node, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _subtree(node, 0, size) if size else EMPTY_ROOT


def inclusion(node: Node, index: int, size: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size`: sibling of the leaf first. Raises `ValueError` outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _path(node, index, 0, size)


def consistency(node: Node, old: int, size: int) -> list[bytes]:
    """Shows that the tree of `old` leaves is the beginning of that of `size`. Empty when they are equal or the old one is empty."""
    if not 0 <= old <= size:
        raise ValueError(f"no tree of {old} in a tree of {size}")
    return [] if old in (0, size) else _subproof(node, old, 0, size, True)


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _subtree(node: Node, start: int, end: int) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_subtree(node, start, middle), _subtree(node, middle, end))


def _path(node: Node, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(node, index, start, middle), _subtree(node, middle, end)]
    return [*_path(node, index, middle, end), _subtree(node, start, middle)]


def _subproof(node: Node, old: int, start: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2; `whole`: the old tree is this very subtree so far."""
    if old == end:
        return [] if whole else [_subtree(node, start, end)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(node, old, start, middle, whole), _subtree(node, middle, end)]
    return [*_subproof(node, old, middle, end, False), _subtree(node, start, middle)]


# --- verification (RFC 9162, sections 2.1.3.2 and 2.1.4.2) -----------------------------------------------------------


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to, or None when it has another length than such a path has."""
    if not 0 <= index < size:
        return None
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return found if last == 0 else None


def verify_consistency(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `old` leaves is the beginning of the one of `size`."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    rest = list(proof)
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    if not rest:
        return False
    here, last = old - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


# --- tiles (c2sp.org/tlog-tiles) -------------------------------------------------------------------------------------


class Tile(NamedTuple):
    """Where a tile stands: its level, its number in the level."""

    level: int
    n: int


class Tiles:
    """The nodes of a tree kept in tiles of up to 256 hashes. `read` gives the bytes of one, empty when there is none yet."""

    def __init__(self, read: Callable[[Tile], bytes]) -> None:
        self._read = read
        self._seen: dict[Tile, bytes] = {}

    def tile(self, tile: Tile) -> bytes:
        """The hashes of a tile, one after the other."""
        if tile not in self._seen:
            self._seen[tile] = self._read(tile)
        return self._seen[tile]

    def node(self, level: int, index: int) -> bytes:
        """As `Node`. Raises `ValueError` where the tree does not reach."""
        height = level % TILE_HEIGHT
        first = index << height
        tile = Tile(level // TILE_HEIGHT, first // TILE_WIDTH)
        start, end = (first % TILE_WIDTH) * HASH_BYTES, (first % TILE_WIDTH + (1 << height)) * HASH_BYTES
        hashes = self.tile(tile)
        if end > len(hashes):
            raise ValueError(f"tile {tile} holds no node {index} of level {level}")
        return fold(split(hashes[start:end]))

    def append(self, size: int, leaf: bytes) -> dict[Tile, bytes]:
        """The tiles that change when `leaf` becomes number `size`; they are remembered here, too."""
        changed: dict[Tile, bytes] = {}
        level, index, added = 0, size, leaf
        while True:
            tile = Tile(level, index // TILE_WIDTH)
            changed[tile] = self._seen[tile] = self.tile(tile)[: (index % TILE_WIDTH) * HASH_BYTES] + added
            if (index + 1) % TILE_WIDTH:
                return changed
            level, index, added = level + 1, index // TILE_WIDTH, fold(split(changed[tile]))


def tile_width(size: int, tile: Tile) -> int:
    """How many hashes a tile has in the tree of `size` leaves; 0 when there is no such tile."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * tile.level)) - tile.n * TILE_WIDTH))


TILE_PATH = re.compile(r"(0|[1-9]\d?|entries)/((?:x\d{3}/){0,3}\d{3})(?:\.p/([1-9]\d{0,2}))?")


def tile_path(level: int | str, n: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile or entry bundle (`level` "entries") below `tile/`: `0/x001/x234/067.p/8`."""
    parts = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        parts.insert(0, f"x{n % 1000:03d}")
    return f"{level}/{'/'.join(parts)}" + (f".p/{width}" if width < TILE_WIDTH else "")


def read_tile_path(path: str) -> tuple[str, int, int] | None:
    """(level or "entries", number, width) of a path, or None when it is none."""
    found = TILE_PATH.fullmatch(path) if path.isascii() else None
    if found is None:
        return None
    level, digits, width = found[1], found[2].replace("x", "").replace("/", ""), int(found[3] or TILE_WIDTH)
    n = int(digits)
    exact = tile_path(level, n, width) == path and (width < TILE_WIDTH or found[3] is None)
    return (level, n, width) if exact and (level == "entries" or int(level) <= 63) else None
