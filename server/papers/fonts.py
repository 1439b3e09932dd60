"""The fonts documents are set in: our own packages, then the operator's folder; and which characters none of them has (GEN-07)."""

import struct
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("noto_cjk_sans_otc", "pylopdf_fonts_zh_cn", "pylopdf_fonts_zh_tw")
SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")


def folders(own: Path | None) -> list[Path]:
    """Where fonts lie. `own`: the operator's folder, whose faces go before ours where a look asks for them."""
    found = [Path(spec.origin).parent for name in PACKAGES if (spec := find_spec(name)) and spec.origin]
    return [*found, own] if own else found


@lru_cache(maxsize=4)
def coverage(places: tuple[Path, ...]) -> frozenset[int]:
    """Every character that one of the fonts has."""
    files = [path for place in places for path in sorted(place.rglob("*")) if path.suffix.lower() in SUFFIXES]
    return frozenset().union(*map(_characters, files))


def _characters(path: Path) -> Iterable[int]:
    """The characters of a font file; of a collection those of its first face, for all of its faces share one repertoire."""
    data = path.read_bytes()
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    for n in range(struct.unpack_from(">H", data, start + 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * n)
        if tag == b"cmap":
            return _mapped(data, offset)
    return ()


def _mapped(data: bytes, cmap: int) -> set[int]:
    """The characters of a cmap table: its format 12 (all planes), else its format 4 (the first)."""
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    starts = {cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * n)[2] for n in range(count)}
    by_format = {struct.unpack_from(">H", data, start)[0]: start for start in starts}
    if (start := by_format.get(12)) is not None:
        groups = (struct.unpack_from(">III", data, start + 16 + 12 * n) for n in range(struct.unpack_from(">I", data, start + 12)[0]))
        return {c for first, last, _ in groups for c in range(first, last + 1)}
    if (start := by_format.get(4)) is None:
        return set()
    segments = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", data, start + 14)
    firsts = struct.unpack_from(f">{segments}H", data, start + 16 + 2 * segments)
    return {c for first, last in zip(firsts, ends, strict=True) for c in range(first, last + 1) if c != 0xFFFF}
