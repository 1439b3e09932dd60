"""Pure decisions about the lobby board (DSP-01): what an item needs, how long it stands, what of the totals may be told.

Answers of this domain, for `Tx.ask`: `board_progress`(day, progress: BoardProgress | None): what the board says of rectification from that
day on, None nothing (RCT-05).
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from typing import Literal

from server.domain.board.ops import BoardProgress as BoardProgress
from server.domain.board.ops import BoardTotals, PutBoardItem, Share
from server.domain.board.tables import BoardItemRecord
from server.domain.hall.leaving import PRIVATE
from server.domain.hall.ops import Names
from server.domain.hall.rules import add_days, is_day

TEXTS = ("notice", "promise", "procedure", "basis", "term", "result")
TITLE_CHARS_MAX = {"en": 32}
TEXT_CHARS_MAX = {"en": 180}
CHINESE_TITLE_CHARS_MAX, CHINESE_TEXT_CHARS_MAX = 16, 100
"""What finds room in the narrow column of a wall, at a size that is read from two metres."""
LINK_CHARS_MAX = 300
LEADER_DAYS_MAX = 31
COUNT_MAX = 10_000_000
PROGRESS_DAYS = 7
"""Numbers nobody has renewed for so many days leave the board by themselves."""
NO_END = "9999-12-31"
AHEAD_DAYS = 7
"""Lobby screens have an item so many days before: one without a network still changes its duty leader at midnight."""
LOCALES = frozenset({"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"})
PHONE = re.compile(r"[0-9()+\- ]{3,24}")
LINK = re.compile(r"https?://[^\s/]+\S*")

Place = Literal["waiting", "board", "office", "gone"]


def item_wrong(a: PutBoardItem) -> bool:
    """True for an item that does not say what its kind needs, or says what belongs to another."""
    if a.kind == "figures":
        return a.totals is None or totals_wrong(a.totals) or bool(a.person or a.phone or a.link or a.title or a.words)
    if not is_day(a.first) or (a.until != "" and (not is_day(a.until) or a.until < a.first)) or a.totals is not None:
        return True
    if a.kind in TEXTS:
        return not a.checked or not text_sane(a.title, a.words) or bool(a.person or a.phone or a.link)
    if a.title or a.words:
        return True
    if a.kind == "leader":
        return not a.person or not a.until or a.until >= add_days(a.first, LEADER_DAYS_MAX) or bool(a.phone or a.link)
    return bool(a.person) or not contact_sane(a.phone, a.link)


def text_sane(title: Names, words: Names) -> bool:
    """True when both have a Simplified wording and every wording finds room beside the windows."""
    return _fits(title, TITLE_CHARS_MAX, CHINESE_TITLE_CHARS_MAX) and _fits(words, TEXT_CHARS_MAX, CHINESE_TEXT_CHARS_MAX)


def _fits(names: Names, most: Mapping[str, int], otherwise: int) -> bool:
    room = all(len(said) <= most.get(locale, otherwise) for locale, said in names.items())
    return bool(names.get("zh_Hans", "").strip()) and names.keys() <= LOCALES and room


def contact_sane(phone: str, link: str) -> bool:
    """True for a telephone number, an address to be scanned, or both."""
    return bool(phone or link) and (not phone or bool(PHONE.fullmatch(phone))) and (not link or _is_link(link))


def _is_link(link: str) -> bool:
    return len(link) <= LINK_CHARS_MAX and bool(LINK.fullmatch(link))


def totals_wrong(totals: BoardTotals) -> bool:
    """True for a month that is none, or a part that is more than its whole."""
    counts = (totals.cases, totals.in_time, totals.rated, totals.satisfied)
    return (
        not is_day(f"{totals.month}-01")
        or not all(0 <= count <= COUNT_MAX for count in counts)
        or totals.in_time > totals.cases
        or totals.rated > totals.cases
        or totals.satisfied > totals.rated
    )


def is_private(texts: Iterable[str], phones: Iterable[str]) -> bool:
    """True when a text holds a number that leads to a person: a mobile or an identity number, or a telephone of somebody of the hall."""
    said = "\n".join(texts)
    digits = re.sub(r"\D", "", said)
    known = (re.sub(r"\D", "", phone) for phone in phones)
    return bool(PRIVATE.search(said)) or any(len(one) >= 7 and one in digits for one in known)


def days_of(a: PutBoardItem) -> tuple[str, str]:
    """First and last day: the totals of a month stand all through the month after it."""
    if a.totals is None:
        return a.first, a.until or NO_END
    year, month = (int(part) for part in a.totals.month.split("-"))
    last = add_days(f"{a.totals.month}-{monthrange(year, month)[1]:02}", 1)
    year, month = (int(part) for part in last.split("-")[:2])
    return last, f"{last[:7]}-{monthrange(year, month)[1]:02}"


def place_of(item: BoardItemRecord, today: str, kept_days: int) -> Place:
    """Where the rows of an item stand: what is over leaves the board by itself (DIS-07), and later the desk of the office."""
    if item.until < add_days(today, -kept_days):
        return "gone"
    if item.ended or item.until < today:
        return "office"
    return "board" if item.first <= add_days(today, AHEAD_DAYS) else "waiting"


def share(part: int, whole: int, least: int) -> Share | None:
    """A share that may be told: of few cases there is none (SAT-08)."""
    return Share(part, whole) if whole >= least else None
