"""What a reader may see, as the devices get it: a document is made of nothing else (VIS-01)."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from server.domain.base import Actor
from server.domain.hall.ops import Hall
from server.domain.hall.rules import day_of, plate
from server.papers.values import Value, Values, word

B = TypeVar("B", bound=msgspec.Struct)


class Faces(Protocol):
    """The rows in one person's buckets."""

    def get(self, kind: str, rid: str, shape: type[B]) -> B | None:
        """The row, if this person sees it."""

    def all(self, kind: str, shape: type[B]) -> Mapping[str, B]:
        """Every row of the kind that this person sees, by rid."""


class Reader(NamedTuple):
    """Who asks for a document, with what is visible to that person now (ms)."""

    actor: Actor
    faces: Faces
    hall: Hall
    now: int

    def person(self, uid: str | None) -> "Seen | None":
        """A person by id."""
        return self.faces.get("person", uid, Seen) if uid else None

    def plate(self, uid: str | None) -> str | None:
        """What the plate of a person says (DSP-06); None for nobody, or for somebody this reader knows nothing of."""
        seen = self.person(uid)
        return plate(self.hall, seen.name, seen.badge, seen.title) if seen else None

    def name(self, uid: str | None) -> str | None:
        """A person's name as typed."""
        seen = self.person(uid)
        return seen.name if seen else None

    def day(self, ms: int) -> str:
        """The hall's day (ISO) of a moment."""
        return day_of(ms, self.hall.tz)

    def post(self, rid: str) -> Value:
        """What a post is called."""
        seen = self.faces.get("post", rid, SeenPost)
        return word(f"post.{seen.kind}", number=seen.number) if seen else None

    def unit(self, rid: str) -> Value:
        """What a unit is called."""
        seen = self.faces.get("unit", rid, SeenUnit)
        return {"names": seen.names} if seen else None


class Seen(msgspec.Struct):
    """The part of row `person` documents use."""

    name: str
    badge: str
    unit: str
    title: dict[str, str]
    roles: list[str] = []


class SeenPost(msgspec.Struct):
    """The part of row `post` documents use."""

    number: str
    unit: str
    kind: str


class SeenUnit(msgspec.Struct):
    """The part of row `unit` documents use."""

    names: dict[str, str]


Data = Callable[[Reader, str], Values | None]


class Kind(NamedTuple):
    """One document. `data`: its values for a record; None when there is no such record or this reader has no right to it, alike.

    `each`: every print is a document of its own, with a number of its own (a board); else further prints are copies. `sealed`: what it is
    about may be sealed, so that its number is in no order.
    """

    id: str
    data: Data
    each: bool = False
    sealed: bool = False


def rows_of(kinds: Mapping[str, Mapping[str, Any]]) -> Faces:
    """Faces over rows at hand: {kind: {rid: body}}."""
    return _Rows(kinds)


class _Rows:
    def __init__(self, kinds: Mapping[str, Mapping[str, Any]]) -> None:
        self._kinds = kinds

    def get(self, kind: str, rid: str, shape: type[B]) -> B | None:
        body = self._kinds.get(kind, {}).get(rid)
        return msgspec.convert(body, shape) if body is not None else None

    def all(self, kind: str, shape: type[B]) -> Mapping[str, B]:
        return {rid: msgspec.convert(body, shape) for rid, body in self._kinds.get(kind, {}).items()}
