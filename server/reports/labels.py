"""What the ids on a page are called, in the reader's language: people as typed, units and posts as the hall names them (ORG-08)."""

from collections.abc import Iterable

from server.domain.base import Column
from server.domain.hall.ops import Hall
from server.domain.hall.rules import text
from server.domain.hall.tables import PersonRecord, PostRecord, UnitRecord
from server.reports.words import say
from server.store.contract import Sql
from server.store.institutions import Institutions
from sync.desk import Cell, Labels, RegisterRow
from sync.errors import N_

POST_TITLES = {"window": N_("{number}号窗口"), "consult": N_("{number}号咨询台"), "office": N_("{number}号联络岗")}
AT_ONCE = 200


class Namer:
    """Names of one hall for one reader; what was looked up is kept."""

    def __init__(self, sql: Sql, institutions: Institutions, hall: Hall, locale: str) -> None:
        self._sql = sql
        self._tables = institutions.tables
        self._locale = locale
        self.people: dict[str, str] = {}
        self.units = {u.rid: text(u.names, locale) for u in self._tables[UnitRecord].find(sql, "", (), "rid")}
        posts = self._tables[PostRecord].find(sql, "", (), "rid")
        self.posts = {zone.id: text(zone.names, locale) for zone in hall.zones} | {p.rid: post_title(p, locale) for p in posts}
        self._unit_of: dict[str, str] = {p.rid: p.unit for p in posts}

    def meet(self, columns: Iterable[Column], rows: Iterable[RegisterRow]) -> None:
        """Look up the people on these rows."""
        at = [n for n, column in enumerate(columns) if column.kind == "person"]
        wanted = sorted({uid for row in rows for n in at for uid in ids_in(row.cells[n])} - self.people.keys())
        for first in range(0, len(wanted), AT_ONCE):
            part = wanted[first : first + AT_ONCE]
            marks = ", ".join("?" for _ in part)
            for person in self._tables[PersonRecord].find(self._sql, f"rid IN ({marks})", part, "rid"):
                self.people[person.rid] = person.name

    def labels(self, columns: Iterable[Column], rows: Iterable[RegisterRow]) -> Labels:
        """Names of what these rows hold, and no others."""
        columns, rows = list(columns), list(rows)
        self.meet(columns, rows)
        return Labels(*(_used(known, kind, columns, rows) for kind, known in self._kinds()))

    def name(self, kind: str, id: str) -> str:
        """What an id is called; the id itself when nobody knows it any more."""
        return dict(self._kinds())[kind].get(id, id)

    def unit_of_post(self, post: str) -> str:
        """Which unit a post belongs to."""
        return self._unit_of.get(post, "")

    def _kinds(self) -> tuple[tuple[str, dict[str, str]], ...]:
        return ("person", self.people), ("unit", self.units), ("post", self.posts)


def post_title(post: PostRecord, locale: str) -> str:
    """ "12号窗口" in the reader's language."""
    return say(locale, POST_TITLES[post.kind], number=post.number)


def ids_in(cell: Cell) -> list[str]:
    """The ids a cell holds."""
    return cell if isinstance(cell, list) else [cell] if isinstance(cell, str) and cell else []


def _used(known: dict[str, str], kind: str, columns: list[Column], rows: list[RegisterRow]) -> dict[str, str]:
    at = [n for n, column in enumerate(columns) if column.kind == kind]
    ids = {id for row in rows for n in at for id in ids_in(row.cells[n])}
    return {id: known[id] for id in sorted(ids) if id in known}
