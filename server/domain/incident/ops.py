"""突发事件 incidents (EMG-01..11): a first report in four taps, three ticks 处理到位 报告到位 反馈到位, and what was done by whom, when.

Several reports of one thing are one incident (CON-40); an emergency speaks to the public in a closed set of messages (EMG-08, DSP-02).
"""

from typing import Literal

import msgspec

from server.domain.hall.blobs import Attached
from server.domain.hall.ops import Names
from sync.ops import RowKind, command, evidence

Kind = Literal["dispute", "crowd", "system", "power", "medical", "fire", "security", "media", "opinion", "other"]
Duty = Literal["handling", "report", "feedback"]
Step = Literal["action", "report_up", "instruction", "media", "restored", "cause", "improve", "truthful", "told"]
"""采取措施, 向上报告, 上级指示, 媒体采访, 秩序恢复, 查明原因, 改进措施, 如实上报, 反馈当事人 (EMG-03..05)."""
Entry = Literal[Step, "mistaken", "stands"]
"""What stands in a log: a step, or the word that it was a mistake (误报) or was none after all."""
CallStep = Literal["responder", "head", "lead"]
"""首位责任人与在岗人员, 科室负责人, 分管领导 (EMG-07)."""
Message = Literal["system", "power", "evacuate", "crowd", "medical", "security"]
"""What a lobby screen may say in an emergency: nothing else (DSP-02)."""


class Report(msgspec.Struct, omit_defaults=True):
    """`incident.report`, rid = new incident. `place` is a post id or a zone id; `level` 1 (gravest) to 4; `drill`: an exercise (EMG-09).

    `paper`: number of the paper form when it was written down during an outage and typed later (补录, EMG-10).
    """

    kind: Kind
    place: str
    found_at: int
    level: int
    people: int = 0
    text: str = ""
    drill: bool = False
    paper: str = ""


class Tick(msgspec.Struct, omit_defaults=True):
    """`incident.tick`, rid = incident: one in-place duty is done, by whom it was done and when."""

    duty: Duty
    at: int
    text: str = ""


class NoteStep(msgspec.Struct, omit_defaults=True):
    """`incident.note`, rid = incident: something was done, at `at` (ms). `to`: to whom it was reported, who asked for an interview.

    `permitted`: a superior's word on an interview; who asked leaves it open (EMG-04).
    """

    step: Step
    at: int
    text: str
    to: str = ""
    permitted: bool | None = None


class LinkIncident(msgspec.Struct):
    """`incident.link`, rid = incident: the same thing as incident `to` (CON-40); "" when it is one of its own after all."""

    to: str


class MarkMistake(msgspec.Struct, omit_defaults=True):
    """`incident.mistake`, rid = incident, `if` its version: 误报, there was no such thing, with the reason; `stands`: there was after
    all.
    """

    text: str
    stands: bool = False


class TellLobby(msgspec.Struct, omit_defaults=True):
    """`incident.announce`, rid = incident: lobby screens show `message` (EMG-08).

    `go_to`: zone to go to; `paper_posts`: posts that work on paper.
    """

    message: Message
    go_to: str = ""
    paper_posts: list[str] = []


class AllClear(msgspec.Struct):
    """`incident.clear`, rid = incident: lobby screens show it no longer."""


class PutIncidentPlan(msgspec.Struct):
    """`incident.plan`, rid = kind of incident: the hall's own steps for it, in the order in which they are taken (EMG-09)."""

    steps: list[Names]


class Mistake(msgspec.Struct):
    """Who said that a report was made by mistake, when (ms), and why."""

    by: str
    at: int
    text: str


class Noted(msgspec.Struct, omit_defaults=True):
    """One entry of an incident's log, with who wrote it."""

    step: Entry
    by: str
    at: int
    text: str
    to: str = ""
    permitted: bool | None = None


class Done(msgspec.Struct, omit_defaults=True):
    """One ticked duty."""

    duty: Duty
    by: str
    at: int
    text: str = ""


class Call(msgspec.Struct):
    """A step of the ladder that was taken: who was called, when (ms). They know of it and it waits for them until it is handled."""

    step: CallStep
    people: list[str]
    at: int


class Incident(msgspec.Struct, omit_defaults=True):
    """Row `incident`: for INS, EFF, OFF, leaders, the head of the place, the reporter and whoever was called. `escalated`: how far the
    timers went, `calls`: whom they called (EMG-07). `resolved`: the three duties are done, and not by its reporter alone; `closed`: what
    caused it, what is to be better and the report upward are written down, too (EMG-05); `mistaken`: it is none, `mistake` says
    why.

    `main`: the incident this report belongs to, "" when it is that itself, and then `reports`: how many reports it has, `first_at` when the
    first was made; `done` and `log` are those of all of them; `shown`: on the lobby screens now.
    """

    kind: Kind
    place: str
    found_at: int
    received_at: int
    level: int
    reporter: str
    responder: str
    people: int
    text: str
    done: list[Done]
    escalated: Literal["", "responder", "head", "lead"]
    state: Literal["reported", "handling", "resolved", "closed", "mistaken"]
    blobs: list[Attached] = []
    log: list[Noted] = []
    main: str = ""
    reports: int = 1
    first_at: int = 0
    shown: bool = False
    drill: bool = False
    paper: str = ""
    calls: list[Call] = []
    mistake: Mistake | None = None


class EmergencyPublic(msgspec.Struct, omit_defaults=True):
    """Row `emergency.pub`, rid = incident, bucket `pub`: a closed message, where to go, which posts work on paper; no place, no person."""

    message: Message
    since: int
    go_to: str = ""
    paper_posts: list[str] = []


class Emergency(msgspec.Struct):
    """Row `emergency`, rid = incident, for everybody of the hall while a grave one is being dealt with: leaving needs HEAD's word (AWY-12).

    It tells that and since when, and neither where nor what.
    """

    since: int


class IncidentPlan(msgspec.Struct, omit_defaults=True):
    """Row `incident.plan`, rid = kind, for the hall: what to do, step by step. `by`: who laid it down, "" for a shipped example."""

    steps: list[Names]
    by: str = ""


OPS = (
    evidence("incident.report", 1, Report),
    evidence("incident.tick", 1, Tick),
    evidence("incident.note", 1, NoteStep),
    command("incident.link", 1, LinkIncident),
    command("incident.mistake", 1, MarkMistake),
    command("incident.announce", 1, TellLobby),
    command("incident.clear", 1, AllClear),
    command("incident.plan", 1, PutIncidentPlan),
)
ROWS = (
    RowKind("incident", Incident),
    RowKind("emergency", Emergency),
    RowKind("emergency.pub", EmergencyPublic),
    RowKind("incident.plan", IncidentPlan),
)
