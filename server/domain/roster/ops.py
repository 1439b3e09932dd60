"""组织与排班: what the office says of units, posts, people and days, and the one thing staff say themselves: A and B change places (ORG).

Days are ISO dates of the hall; a cell is one post on one day. A draft is the office's until it is published.
"""

from typing import Literal

import msgspec

from server.domain.hall.ops import Names, PostKind, SessionDuty, UnitKind
from server.domain.hall.tables import RoleTerm, UnitTerm
from sync.ops import RowKind, command, evidence

CELLS_MAX = 400
GapKind = Literal["no_a", "no_b", "contact", "on_leave"]
"""Nobody is A; nobody covers A; the office's contact post has nobody, for which there is no excuse (ORG-06)."""


class PutUnit(msgspec.Struct, omit_defaults=True):
    """`org.unit`, rid = unit: as it shall be from now on (ORG-08: names per locale, as typed)."""

    names: Names
    kind: UnitKind
    head: str = ""
    category: str = ""
    phone: str = ""
    short: Names = {}
    parent: str = ""
    leader: str = ""
    chief: str = ""
    contact_post: str = ""


class PutPost(msgspec.Struct, omit_defaults=True):
    """`org.post`, rid = post. `services`: ids of the list of services; `sessions`: in which presence is required, empty for all."""

    number: str
    zone: str
    unit: str
    order: int = 0
    services: list[str] = []
    group: str = ""
    kind: PostKind = "window"
    required: bool = True
    min_staff: int = 1
    sessions: list[int] = []
    promise: Names = {}
    standard: Names = {}


class PutPerson(msgspec.Struct, omit_defaults=True):
    """`org.person`, rid = uid. Unit and roles by days (VIS-02, CON-43); the roles of the check team are not said here."""

    name: str
    badge: str
    units: list[UnitTerm]
    terms: list[RoleTerm]
    title: Names = {}
    names: Names = {}
    phone: str = ""
    employment: str = ""
    entered: str = ""
    service_base: str = ""
    rank: int = 0


class PutService(msgspec.Struct, omit_defaults=True):
    """`org.service`, rid = its code."""

    names: Names
    unit: str = ""


class PutZone(msgspec.Struct):
    """`org.zone`, rid = its id; `place`: 0 is the first in walking order."""

    names: Names
    floor: int
    place: int


class EndUse(msgspec.Struct, omit_defaults=True):
    """`org.unit_end`, `org.post_end`, `org.service_end`, `org.zone_end`: not used any more; refused while something rests on it."""

    text: str = ""


class EndPerson(msgspec.Struct, omit_defaults=True):
    """`org.person_end`, rid = uid: no longer of the hall from `from_day` on. Access ends, records stay (PRV-08)."""

    from_day: str
    text: str = ""


class Qualify(msgspec.Struct, omit_defaults=True):
    """`org.qualify`, rid = `{person}.{service}`: what a person may do of a service (ORG-03). All false: nothing any more."""

    person: str
    service: str
    trained: bool = False
    authorised: bool = False
    seal: bool = False
    since: str = ""
    proof: str = ""


class DutyCell(msgspec.Struct, omit_defaults=True):
    """One post on one day: who begins it, and from which session on it is others."""

    day: str
    post: str
    a: str = ""
    b: str = ""
    c: str = ""
    later: list[SessionDuty] = []


class PutDraft(msgspec.Struct):
    """`roster.draft`: these cells shall become so."""

    cells: list[DutyCell]


class Discard(msgspec.Struct, omit_defaults=True):
    """`roster.discard`: drafts of these days (and posts) are dropped; what is published stays."""

    from_day: str
    to_day: str
    posts: list[str] = []


class CopyRoster(msgspec.Struct, omit_defaults=True):
    """`roster.copy`: `days` days from `from_day` on become drafts from `to_day` on; days on which the hall is closed are left out."""

    from_day: str
    to_day: str
    days: int = 7
    posts: list[str] = []


class PublishRoster(msgspec.Struct, omit_defaults=True):
    """`roster.publish`: drafts of these days (and posts) become the roster. `reasons`: why a post is published uncovered, by post or by
    `{day}:{post}` (ORG-02); `text`: why people change who had been published (ORG-07).
    """

    from_day: str
    to_day: str
    posts: list[str] = []
    reasons: dict[str, str] = {}
    text: str = ""


class Consent(msgspec.Struct, omit_defaults=True):
    """`roster.consent`, rid = new: HEAD agrees that one of his people is B at up to `posts_max` posts at once (ORG-05)."""

    person: str
    from_day: str
    to_day: str
    posts_max: int
    text: str = ""


class PutSwap(msgspec.Struct, omit_defaults=True):
    """`roster.swap`, rid = new: from now on `a` is the A of this post today and `b` its B (ORG-09). Says the end, not the change, so that
    two who say it at once agree.
    """

    post: str
    day: str
    a: str
    b: str
    text: str = ""


class DutyDraft(msgspec.Struct, omit_defaults=True):
    """Row `duty.draft`, rid `{day}:{post}`: a cell that is not published yet. For the office, administrators and the head of the unit."""

    day: str
    post: str
    a: str = ""
    b: str = ""
    c: str = ""
    later: list[SessionDuty] = []
    by: str = ""
    at: int = 0


class RosterGap(msgspec.Struct, omit_defaults=True):
    """A required post that would be uncovered from session `n` on."""

    post: str
    kind: GapKind
    n: int = 0


class RosterLoad(msgspec.Struct):
    """A person who would be B at `posts` posts at once. `consent`: more than the head has agreed to (ORG-05)."""

    person: str
    posts: int
    consent: bool


class RosterCheck(msgspec.Struct, omit_defaults=True):
    """Row `roster.check`, rid = day, for the office and administrators: what publishing the drafts of that day would say.

    `partial`: posts whose B may not do all of it; `double`: people who would be A at two posts at once.
    """

    day: str
    drafts: int
    gaps: list[RosterGap] = []
    partial: list[str] = []
    loads: list[RosterLoad] = []
    double: list[str] = []


class RosterAsk(msgspec.Struct):
    """Row `roster.ask`, rid `{day}:{unit}`, for the head of the unit: the drafts of that day wait for his consent to these (ORG-05)."""

    day: str
    unit: str
    loads: list[RosterLoad]


class RosterChange(msgspec.Struct, omit_defaults=True):
    """Row `roster.change`, rid = id: a change of people at a post with its reason (ORG-07). For the office, the head and those concerned.

    `before`, `after`: A, B and second B; `lead`: working days between saying it and the day; `uncovered`: why the post has nobody.
    """

    day: str
    post: str
    kind: Literal["publish", "swap", "import"]
    before: list[str]
    after: list[str]
    by: str
    at: int
    from_at: int
    lead: int = 0
    text: str = ""
    uncovered: str = ""


class Agreed(msgspec.Struct, omit_defaults=True):
    """Row `roster.consent`: HEAD has agreed (ORG-05). For the office, the head and the person."""

    person: str
    from_day: str
    to_day: str
    posts_max: int
    by: str
    at: int
    text: str = ""


class ListedService(msgspec.Struct, omit_defaults=True):
    """Row `service`, rid = its code. For those who keep the organisation."""

    names: Names
    unit: str = ""


class Qualification(msgspec.Struct, omit_defaults=True):
    """Row `qualification`, rid `{person}.{service}`. For the person, the head and those who keep the organisation."""

    person: str
    service: str
    trained: bool = False
    authorised: bool = False
    seal: bool = False
    since: str = ""
    proof: str = ""


class PersonFile(msgspec.Struct, omit_defaults=True):
    """Row `person.file`, rid uid: what is kept of a person beside the list of the hall (P2). For the person, the head, OFF and ADM."""

    units: list[UnitTerm] = []
    terms: list[RoleTerm] = []
    phone: str = ""
    employment: str = ""
    entered: str = ""
    service_base: str = ""
    rank: int = 0
    left_day: str = ""


OPS = (
    command("org.unit", 1, PutUnit),
    command("org.unit_end", 1, EndUse),
    command("org.post", 1, PutPost),
    command("org.post_end", 1, EndUse),
    command("org.person", 1, PutPerson),
    command("org.person_end", 1, EndPerson),
    command("org.service", 1, PutService),
    command("org.service_end", 1, EndUse),
    command("org.zone", 1, PutZone),
    command("org.zone_end", 1, EndUse),
    command("org.qualify", 1, Qualify),
    command("roster.draft", 1, PutDraft),
    command("roster.discard", 1, Discard),
    command("roster.copy", 1, CopyRoster),
    command("roster.publish", 1, PublishRoster),
    command("roster.consent", 1, Consent),
    evidence("roster.swap", 1, PutSwap),
)
ROWS = (
    RowKind("duty.draft", DutyDraft),
    RowKind("roster.check", RosterCheck),
    RowKind("roster.ask", RosterAsk),
    RowKind("roster.change", RosterChange),
    RowKind("roster.consent", Agreed),
    RowKind("service", ListedService),
    RowKind("qualification", Qualification),
    RowKind("person.file", PersonFile),
)
