"""What a document says before any language: values, and how each is said in a locale (I18N-04, I18N-06).

Twin: pwa/src/features/papers/values.ts.

A value is plain JSON, so that it can be hashed and compared: a text as typed, None (the field is left out), "" (a line to write on), a
list, or one of the objects made here.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from server.domain.hall.ops import Names
from server.domain.hall.rules import day_of, local, text

Value = Any
Values = dict[str, Any]
Form = Literal["time", "date", "datetime", "short"]
FOLDER = Path(__file__).resolve().parents[2] / "locales" / "papers"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
TAIWAN_YEARS_FROM = 1911


def at(ms: int, form: Form = "datetime") -> Value:
    """A moment (ms), said in the hall's time zone; `short` leaves out the year, for tables."""
    return {"at": ms, "as": form}


def day(iso: str, form: Literal["date", "short"] = "date") -> Value:
    """A day (ISO); `short` leaves out the year."""
    return {"day": iso, "as": form}


def span(from_at: int, to_at: int, tz: str) -> Value:
    """From one moment to another; the day is said once when it is the same (`span_of`)."""
    same_day = day_of(from_at, tz) == day_of(to_at, tz)
    return word("span_of", **{"from": at(from_at), "to": at(to_at, "time" if same_day else "datetime")})


def word(key: str, **parts: Value) -> Value:
    """A word of the document's template, or of all documents; `parts` fill its {names}."""
    return {"word": key, "with": parts} if parts else {"word": key}


def names(value: Names) -> Value:
    """A name kept per locale, as typed."""
    return {"names": value}


@cache
def common() -> dict[str, dict[str, str]]:
    """The words all documents share, by locale."""
    return msgspec.json.decode((FOLDER / "common.json").read_bytes(), type=dict[str, dict[str, str]])


class Speaker(NamedTuple):
    """Says values in a locale. `words` of the document lie over the common ones; `minguo`: Taiwan's own years (I18N-06)."""

    locale: str
    tz: str
    words: Mapping[str, str]
    minguo: bool = False

    def say(self, value: Value) -> str:
        """A value as it is printed."""
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return self.word("list").join(self.say(one) for one in value)
        if not isinstance(value, dict):
            return "" if value is None else str(value)
        kind = next(k for k in _SAID if k in value)
        return _SAID[kind](self, value)

    def word(self, key: str, **parts: str | int) -> str:
        """A word with its {names} filled."""
        found = self.words.get(key) or common()[self.locale][key]
        for name, part in parts.items():
            found = found.replace("{" + name + "}", str(part))
        return found

    def day(self, iso: str, form: str = "date") -> str:
        """A day in words."""
        found = date.fromisoformat(iso)
        year = str(found.year)
        if self.minguo:
            year = self.word("minguo", y=found.year - TAIWAN_YEARS_FROM)
        key = "short_date" if form == "short" else "date"
        return self.word(key, y=year, m=found.month, d=found.day, month=MONTHS[found.month - 1], mon=MONTHS[found.month - 1][:3])

    def moment(self, ms: int, form: str) -> str:
        """A moment in words, 24 hours."""
        then = local(ms, self.tz)
        clock = then.strftime("%H:%M")
        if form == "time":
            return clock
        on = self.day(then.date().isoformat(), form)
        return on if form == "date" else self.word("datetime", date=on, time=clock)


_SAID: dict[str, Callable[[Speaker, dict[str, Any]], str]] = {
    "at": lambda s, v: s.moment(v["at"], v["as"]),
    "day": lambda s, v: s.day(v["day"], v["as"]),
    "names": lambda s, v: text(v["names"], s.locale),
    "word": lambda s, v: s.word(v["word"], **{key: s.say(part) for key, part in v.get("with", {}).items()}),
}
