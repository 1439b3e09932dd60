"""Sentences by which results explain themselves as people read them, in any of the four languages (EVD-11)."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from server import locales
from server.domain.attendance import explain as attendance
from server.domain.hall.rules import local
from server.domain.leave import explain as leave
from server.domain.leave.policy import defaults
from server.domain.trail import explain as trail
from server.reports.words import filled

TEXTS = trail.EXPLANATIONS | leave.LEAVE_EXPLANATIONS | attendance.EXPLANATIONS
KINDS: dict[str, Mapping[str, str]] = {
    **dict.fromkeys(trail.EXPLANATIONS, trail.PARAMS),
    **dict.fromkeys(leave.LEAVE_EXPLANATIONS, leave.LEAVE_PARAMS),
    **dict.fromkeys(attendance.EXPLANATIONS, attendance.PARAMS),
}


@cache
def _catalogue(locale: str) -> dict[str, str]:
    return {str(m.id): str(m.string or m.id) for m in locales.messages(locales.read(locale))}


@cache
def _leave_names() -> dict[str, Mapping[str, str]]:
    return {one.code: one.rule.names for one in defaults().types}


def translated(text: str, locale: str) -> str:
    """A text as readers of that language have it."""
    return text if locale == "zh_Hans" else _catalogue(locale).get(text, text)


def sentence(
    explain: Mapping[str, Any], locale: str, people: Mapping[str, str], posts: Mapping[str, str], tz: str = "Asia/Shanghai"
) -> str:
    """The sentence a phone of that language shows: times by the hall's clock, people and posts by name, leave by its kind."""
    kinds = KINDS[explain["key"]]

    def word(name: str, value: Any) -> str:
        match kinds[name]:
            case "time":
                return local(value, tz).strftime("%H:%M")
            case "person":
                return people[value]
            case "post":
                return posts[value]
            case "days":
                return f"{value / 100:g}"
            case "leave":
                return _leave_names()[value][locale]
            case _:
                return str(value)

    return filled(translated(TEXTS[explain["key"]], locale), **{name: word(name, value) for name, value in explain["params"].items()})


def explains(body: Any) -> Iterator[Mapping[str, Any]]:
    """Every sentence that is anywhere in a row."""
    if isinstance(body, dict) and body.keys() == {"key", "params"}:
        yield body
    elif isinstance(body, (dict, list)):
        for one in body.values() if isinstance(body, dict) else body:
            yield from explains(one)
