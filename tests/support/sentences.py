"""Sentences of reconciliation as people read them, in any of the four languages."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from server import locales
from server.domain.hall.rules import local
from server.domain.trail.explain import EXPLANATIONS, PARAMS

TZ = "Asia/Shanghai"


@cache
def _catalogue(locale: str) -> dict[str, str]:
    return {str(m.id): str(m.string or m.id) for m in locales.messages(locales.read(locale))}


def sentence(
    explain: Mapping[str, Any], locale: str, people: Mapping[str, str], posts: Mapping[str, str], tz: str = "Asia/Shanghai"
) -> str:
    """The sentence a phone of that language shows: times by the hall's clock, people and posts by name."""

    def word(name: str, value: Any) -> str:
        kind = PARAMS[name]
        if kind == "time":
            return local(value, TZ).strftime("%H:%M")
        return people[value] if kind == "person" else posts[value] if kind == "post" else str(value)

    text = EXPLANATIONS[explain["key"]]
    said = text if locale == "zh_Hans" else _catalogue(locale)[text]
    return said.format(**{name: word(name, value) for name, value in explain["params"].items()})
