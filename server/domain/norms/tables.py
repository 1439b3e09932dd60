"""How the hall's norms are kept: every version stays (GEN-01, GEN-03)."""

from typing import ClassVar

from server.domain.base import Record
from server.domain.norms.ops import Checklist, CodeRule, Handbook, Phrase, TagSet, Use


class ChecklistRecord(Record):
    """A published version, rid `{list}-{version}`."""

    TABLE: ClassVar[str] = "checklist"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("list", "version"), "use")

    list: str
    version: int
    use: Use
    body: Checklist


class CodeRecord(Record):
    """What a code is from a day on, rid `{code}@{day}`."""

    TABLE: ClassVar[str] = "finding_code"
    SHARED: ClassVar[bool] = True
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("code", "valid_from"),)

    code: str
    valid_from: str
    rule: CodeRule


class PhraseRecord(Record):
    """One line of the phrase book."""

    TABLE: ClassVar[str] = "phrase"

    body: Phrase


class TagSetRecord(Record):
    """A catalogue of conduct."""

    TABLE: ClassVar[str] = "tag_set"

    body: TagSet


class HandbookRecord(Record):
    """An edition of the handbook, rid its number."""

    TABLE: ClassVar[str] = "handbook"

    number: int
    body: Handbook


class HandbookReadRecord(Record):
    """A person has read an edition, rid `{edition}:{uid}`; the first time counts. `unit`: of that time."""

    TABLE: ClassVar[str] = "handbook_read"
    INDEX: ClassVar[tuple[str | tuple[str, ...], ...]] = (("at", "rid"), "person", "edition")

    edition: str
    person: str
    unit: str
    at: int
