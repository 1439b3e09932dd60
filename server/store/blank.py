"""One sound made safe: whatever it carries besides sound (titles, places, pictures, tags, bytes nobody asked for) is blanked where it lies.

No library that is kept well rewrites all three containers phones record in, so nothing is rewritten: parts that are not known to be
needed become what players skip (WebM `Void`, MP4 `free`) or an empty comment (Ogg), zeros of the same length. Sizes and places stay, and
the sound with them.

Runs as a program of its own (`python -I blank.py MIME`), one sound a process, as `shrink.py` does: sound on stdin, on stdout the same
without the rest. Imports nothing of the server.
"""

import resource
import sys
from collections.abc import Callable

MEMORY_BYTES_MAX = 1 << 30
CPU_SECONDS_MAX = 20
OK, DAMAGED = 0, 4
DEPTH_MAX = 8

# Matroska element ids, as they are written.
WEBM_ENTER = frozenset((0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0xAE))
"""Segment, Cluster, Info, Tracks, TrackEntry."""
WEBM_KEEP = frozenset(
    (
        *(0x1A45DFA3, 0x114D9B74, 0x1C53BB6B),  # EBML, SeekHead, Cues
        *(0xE7, 0xA3, 0xA0, 0xA7, 0xAB),  # Timestamp, SimpleBlock, BlockGroup, Position, PrevSize
        *(0x2AD7B1, 0x4489, 0x4D80, 0x5741),  # TimestampScale, Duration, MuxingApp, WritingApp
        *(0xD7, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x23E383, 0x23314F, 0x55EE, 0x22B59C),  # of a track, up to Language
        *(0x86, 0x63A2, 0x56AA, 0x56BB, 0xE1, 0x6D80, 0xAA),  # CodecID, CodecPrivate, CodecDelay, SeekPreRoll, Audio, ContentEncodings
    )
)
MP4_ENTER = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf", b"edts", b"dinf"))
MP4_KEEP = frozenset(
    b"ftyp styp mvhd tkhd elst mdhd hdlr smhd nmhd dref stsd stts stsc stsz stz2 stco co64 stss ctts sgpd sbgp mehd trex mfhd tfhd tfdt"
    b" trun mdat sidx mfra tfra mfro iods".split()
)
OGG_TAGS = {b"OpusHead": b"OpusTags", b"\x01vorbis": b"\x03vorbis"}
OGG_PAGE_HEAD = 27


class Damaged(ValueError):
    """Not the container it says it is."""


def clean(data: bytes, mime: str) -> bytes:
    """The sound without what it carries besides. Raises `Damaged`."""
    made = bytearray(data)
    try:
        CLEAN[mime](made)
    except (IndexError, KeyError) as error:
        raise Damaged(str(error)) from None
    return bytes(made)


# --- WebM ------------------------------------------------------------------------------------------------------------


def _webm(made: bytearray) -> None:
    """Elements one after another; those that hold others are entered, whether or not their length is known."""
    at, blocks = 0, 0
    while at < len(made):
        element, body = _number(made, at, keep_mark=True)
        size, start = _number(made, body, keep_mark=False)
        if element in WEBM_ENTER:
            at = start
            continue
        if size == (1 << 7 * (start - body)) - 1:
            raise Damaged("an element without a length")
        end = min(start + size, len(made))
        if element not in WEBM_KEEP:
            _void(made, at, end)
        blocks += element in (0xA3, 0xA0)
        at = end
    if not blocks:
        raise Damaged("no sound in it")


def _number(made: bytearray, at: int, keep_mark: bool) -> tuple[int, int]:
    """A number of variable length, and where it ends. Of an element cut off in its head the rest is one byte that says nothing."""
    first = made[at]
    length = 9 - first.bit_length()
    if length > (4 if keep_mark else 8):
        raise Damaged("no element")
    raw = int.from_bytes(made[at : at + length], "big")
    return raw if keep_mark else raw & ((1 << 7 * length) - 1), at + length


def _void(made: bytearray, at: int, end: int) -> None:
    length = end - at
    if length < 2:
        del made[at:]
        return
    head = bytes((0xEC, 0x80 | (length - 2))) if length < 128 else b"\xec\x01" + (length - 9).to_bytes(7, "big")
    made[at:end] = head + bytes(length - len(head))


# --- MP4 -------------------------------------------------------------------------------------------------------------


def _mp4(made: bytearray) -> None:
    if made.count(b"mdat") == 0:
        raise Damaged("no sound in it")
    _boxes(made, 0, len(made), 0)


def _boxes(made: bytearray, at: int, end: int, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise Damaged("boxes in boxes")
    while at < end:
        size, kind, start = int.from_bytes(made[at : at + 4], "big"), bytes(made[at + 4 : at + 8]), at + 8
        if size == 1:
            size, start = int.from_bytes(made[at + 8 : at + 16], "big"), at + 16
        last = end if size == 0 else at + size
        if last < start or start > end:
            raise Damaged("a box shorter than its head")
        if last > end and (depth or kind != b"mdat"):
            raise Damaged("a box longer than what holds it")
        last = min(last, end)
        if kind in MP4_ENTER:
            _boxes(made, start, last, depth + 1)
        elif kind not in MP4_KEEP:
            made[at + 4 : at + 8] = b"free"
            made[start:last] = bytes(last - start)
        at = last


# --- Ogg -------------------------------------------------------------------------------------------------------------


def _ogg(made: bytearray) -> None:
    """The second packet of each stream is its comment."""
    at = 0
    packets: dict[bytes, int] = {}
    heads: dict[bytes, bytes] = {}
    comments: dict[bytes, list[tuple[int, int]]] = {}
    pages: dict[bytes, list[tuple[int, int]]] = {}
    while made[at : at + 4] == b"OggS":
        stream, segments = bytes(made[at + 14 : at + 18]), made[at + 26]
        lengths = made[at + OGG_PAGE_HEAD : at + OGG_PAGE_HEAD + segments]
        start = body = at + OGG_PAGE_HEAD + segments
        end = body + sum(lengths)
        if end > len(made):
            break
        for length in lengths:
            number = packets.setdefault(stream, 0)
            if number == 0:
                heads[stream] = heads.get(stream, b"") + bytes(made[start : start + length])
            elif number == 1:
                comments.setdefault(stream, []).append((start, start + length))
                pages.setdefault(stream, []).append((at, end))
            start += length
            packets[stream] = number + (length < 255)
        at = end
    del made[at:]  # A page cut short, and whatever follows the last one.
    if not heads or any(number < 3 for number in packets.values()):
        raise Damaged("no sound in it")
    for stream, parts in comments.items():
        _empty_comment(made, heads[stream], parts)
        for page in dict.fromkeys(pages[stream]):
            _check_again(made, *page)


def _empty_comment(made: bytearray, head: bytes, parts: list[tuple[int, int]]) -> None:
    name = next((tags for begins, tags in OGG_TAGS.items() if head.startswith(begins)), None)
    length = sum(end - start for start, end in parts)
    if name is None or length < len(name) + 9 or not bytes(made[slice(*parts[0])]).startswith(name[: parts[0][1] - parts[0][0]]):
        raise Damaged("neither Opus nor Vorbis")
    # No vendor, no comments, the end mark of Vorbis (Opus takes it for padding).
    empty = name + bytes(8) + b"\1"
    rest = empty + bytes(length - len(empty))
    for start, end in parts:
        made[start:end], rest = rest[: end - start], rest[end - start :]


def _check_again(made: bytearray, at: int, end: int) -> None:
    """The page's checksum anew."""
    made[at + 22 : at + 26] = bytes(4)
    crc = 0
    for byte in made[at:end]:
        crc = (crc << 8 & 0xFFFFFFFF) ^ _CRC[crc >> 24 ^ byte]
    made[at + 22 : at + 26] = crc.to_bytes(4, "little")


def _crc_of(byte: int) -> int:
    crc = byte << 24
    for _ in range(8):
        crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


_CRC = [_crc_of(byte) for byte in range(256)]
CLEAN: dict[str, Callable[[bytearray], None]] = {"audio/webm": _webm, "audio/mp4": _mp4, "audio/ogg": _ogg}


def main(mime: str) -> int:
    """Clean what is on stdin; returns the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        made = clean(sys.stdin.buffer.read(), mime)
    except Damaged:
        return DAMAGED
    sys.stdout.buffer.write(made)
    return OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
