"""What the cells of a row mean, and what is wrong with them (ORG-10)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from server.domain.hall.ops import LUNCH, Names, SessionDuty
from server.domain.hall.rules import add_days
from server.domain.hall.tables import PersonRecord, RoleTerm, UnitTerm
from server.domain.hall.views import listed_roles
from server.sheets.columns import is_lunch, without_empty
from sync.errors import N_

T = TypeVar("T", UnitTerm, RoleTerm)
A = TypeVar("A", bound=msgspec.Struct)


class Bad(Exception):
    """A cell, or with no column the row, cannot be taken. `text` is a message id."""

    def __init__(self, text: str, column: str = "", **values: str | int) -> None:
        super().__init__(text)
        self.text, self.column, self.values = text, column, values


class Row(NamedTuple):
    """One row: its number, its cells by key of the column, what is wrong with them, and the columns its sheet has."""

    number: int
    cells: dict[str, str]
    wrong: list[Bad]
    columns: frozenset[str]

    def get(self, key: str) -> str:
        """A cell; "" for none."""
        return self.cells.get(key, "")


ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NO_DAY = N_("“{word}”不是日期，请写成 2026-01-31。")
FIRST_DAY = "2000-01-01"
"""Since when somebody holds what he holds, where nobody has said."""


def open_terms(person: PersonRecord) -> list[RoleTerm]:
    """The roles of a person that a sheet tells."""
    return [term for term in person.terms if listed_roles([term.role])]


def unit_terms(person: PersonRecord | None) -> list[UnitTerm]:
    """The units of a person with their days, also of one of whom nobody has said any."""
    if person is None:
        return []
    return person.units or [UnitTerm(unit, FIRST_DAY) for unit in (person.unit,) if unit]


def role_terms(person: PersonRecord | None) -> list[RoleTerm]:
    """Likewise the roles that a sheet tells."""
    if person is None:
        return []
    return open_terms(person) or [RoleTerm(role, FIRST_DAY) for role in listed_roles(person.roles)]


def from_today(known: Sequence[T], said: Sequence[T], today: str) -> list[T]:
    """The terms after a row gave values without days (CON-43).

    Those values hold from today, terms it left out ended yesterday, past terms stay.
    """
    held: list[T] = [term for term in known if term.from_day <= today and (not term.to_day or today <= term.to_day)]
    words = [_word(term) for term in said]
    if {_word(term) for term in held} == set(words):
        return list(known)
    past: list[T] = [term for term in known if term.to_day and term.to_day < today]
    ended: list[T] = [msgspec.structs.replace(t, to_day=add_days(today, -1)) for t in held if _word(t) not in words and t.from_day < today]
    kept: list[T] = [term for term in held if _word(term) in words]
    begun: list[T] = [term for term in said if _word(term) not in {_word(one) for one in held}]
    return past + ended + kept + begun


def _word(term: UnitTerm | RoleTerm) -> str:
    return term.unit if isinstance(term, UnitTerm) else term.role


def left_alone(row: Row, known: Any, args: A, instead: Mapping[str, Any] | None = None) -> A:
    """What the row says; of what its sheet has no column for, what is known."""
    if known is None:
        return args
    missing = [name for name in args.__struct_fields__ if not any(key.partition(".")[0] == name for key in row.columns)]
    other = instead or {}
    return msgspec.structs.replace(args, **{name: other.get(name, getattr(known, name)) for name in missing})


def names_of(row: Row, stem: str, known: Names | None = None) -> Names:
    """Names by language; those in a language the sheet has no column for stay."""
    said = {key.partition(".")[2]: text for key, text in row.cells.items() if key.startswith(f"{stem}.")}
    stay = {locale: text for locale, text in (known or {}).items() if f"{stem}.{locale}" not in row.columns}
    return without_empty(stay | said)


def text_of(row: Row, key: str, known: Names) -> Names:
    """A text the sheet has in one language only: the others stay while it says the same."""
    text = row.get(key)
    if not text:
        return {}
    return known if known.get("zh_Hans") == text else {"zh_Hans": text}


def number_of(row: Row, key: str, default: int = 0) -> int:
    """A whole number."""
    text = row.get(key)
    if not text:
        return default
    if not re.fullmatch(r"-?[0-9]{1,6}", text):
        row.wrong.append(Bad(N_("“{word}”不是整数。"), key, word=text[:40]))
        return default
    return int(text)


def session_of(row: Row, key: str, text: str, most: int = 8, *, lunch: bool = False) -> int:
    """The session a cell names, counted from 1 in the sheet. `most`: how many there are; `lunch`: whether there is lunch duty."""
    if not text:
        return 0
    if lunch and is_lunch(text):
        return LUNCH
    if not re.fullmatch(r"[1-8]", text) or int(text) > most:
        row.wrong.append(Bad(N_("“{word}”不是时段。"), key, word=text[:40]))
        return 0
    return int(text) - 1


def listed(text: str) -> list[str]:
    """The parts of a cell with several."""
    return [part.strip() for part in re.split(r"[;\uff1b\u3001\n]", text) if part.strip()]


def span_of(row: Row, key: str, text: str) -> tuple[str, str, str]:
    """`word@from~to`, the days being optional."""
    word, _, days = text.partition("@")
    from_day, _, to_day = days.partition("~")
    if any(day and not ISO_DAY.fullmatch(day) for day in (from_day, to_day)):
        row.wrong.append(Bad(NO_DAY, key, word=days[:40]))
    return word.strip(), from_day, to_day


def day_in(row: Row, key: str) -> str:
    """An ISO day."""
    text = row.get(key)
    if text and not ISO_DAY.fullmatch(text):
        row.wrong.append(Bad(NO_DAY, key, word=text[:40]))
    return text


def bare(part: SessionDuty) -> SessionDuty:
    """Who is where, without what a B may do there."""
    return SessionDuty(part.n, part.a, part.b, part.c)


def is_same(known: Any, args: msgspec.Struct, instead: Mapping[str, Any] | None = None) -> bool:
    """Whether a record is already what the row says."""
    other = instead or {}
    return all(other.get(name, getattr(known, name, None)) == getattr(args, name) for name in args.__struct_fields__)
