"""The catalogues at run time: what the server itself says to a reader, in the reader's language."""

import re
import string
from collections.abc import Mapping
from functools import lru_cache

from server import locales
from server.domain.hall.rules import text

DEFAULT = locales.SOURCE


# In a Chinese sentence no space stands beside a value (marked off by \1) in Chinese; beside digits and letters it does, and between a
# label and its value ("A岗 王"), which end without a stop.
_HAN = r"[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN = re.compile(f"(?<={_HAN})(?:\1 (?={_HAN})| \1(?={_HAN}(?:[^\1]*\1 ?{_HAN}|.*\\u3002)))")


class _Filled(string.Formatter):
    """`{n}` is the value, `{n:day|days}` its first word for one and its second for any other number, as the PWA's texts have it."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, several, many = format_spec.partition("|")
        return f"\1{super().format_field(value, format_spec)}\1" if not several else one if str(value) == "1" else many


@lru_cache(maxsize=len(locales.LOCALES))
def _texts(locale: str) -> dict[str, str]:
    """Every message of a locale that says something its msgid does not."""
    return {str(m.id): str(m.string) for m in locales.messages(locales.read(locale)) if m.context is None and m.string}


def filled(said: str, **values: str | int) -> str:
    """A sentence with its placeholders filled, as people set it: no space stands between two Chinese words."""
    return _BETWEEN.sub("", _Filled().format(said, **values)).replace("\1", "")


def say(locale: str, message: str, **values: str | int) -> str:
    """The message in `locale`, its placeholders filled; the source text where there is no translation."""
    said = _texts(locale).get(message, message)
    return filled(said, **values) if values else said


def word_of(locale: str, word: str | Mapping[str, str]) -> str:
    """A word that is a message, or a name kept as data by language."""
    return say(locale, word) if isinstance(word, str) else text(dict(word), locale)


def known(locale: str) -> str:
    """`locale` if there is a catalogue of it, else the source's."""
    return locale if locale in locales.LOCALES else DEFAULT
