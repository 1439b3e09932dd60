"""The institutions of a site as the store and the committer need them: by op kind, by record, by question."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from server.domain.base import Domain, Handler
from server.store.records import record_tables
from sync.ops import OpKind


class Known(NamedTuple):
    """An op kind and version with its handler; `args` decodes its arguments."""

    kind: OpKind
    handler: Handler
    args: "msgspec.json.Decoder[Any]"


class Institutions:
    """All domains of this installation. Raises when two of them claim one op kind, table or question."""

    def __init__(self, domains: Sequence[Domain]) -> None:
        self.domains = tuple(domains)
        self.tables = record_tables(record for domain in domains for record in domain.records)
        self.ops: dict[tuple[str, int], Known] = {}
        self.answers: dict[str, Callable[..., Any]] = {}
        for domain in domains:
            self._take(domain)
        self.settles = tuple(d.settle for d in domains if d.settle)
        self.ticks = tuple((d.name, d.tick) for d in domains if d.tick)

    def _take(self, domain: Domain) -> None:
        for kind in domain.ops:
            if (kind.kind, kind.version) in self.ops:
                raise ValueError(f"two institutions claim op kind {kind.kind} {kind.version}")
            self.ops[kind.kind, kind.version] = Known(kind, domain.handlers[kind.kind], msgspec.json.Decoder(kind.args))
        for question, answer in domain.answers.items():
            if question in self.answers:
                raise ValueError(f"two institutions answer {question!r}")
            self.answers[question] = answer
