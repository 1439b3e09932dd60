"""The institutions of a site as the store and the committer need them: by op kind, by record, by question."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from server.domain.base import Domain, Handler, Register
from server.store.records import record_tables
from sync.ops import OpKind


class Known(NamedTuple):
    """An op kind and version with the handler of its present one. `ups` bring the arguments that `args` decodes up to that."""

    kind: OpKind
    handler: Handler
    args: "msgspec.json.Decoder[Any]"
    ups: tuple[Callable[[Any], msgspec.Struct], ...] = ()

    def decode(self, text: msgspec.Raw | bytes) -> Any:
        """Arguments as the handler takes them. Raises `msgspec.MsgspecError` or `RecursionError` on bad input."""
        args = self.args.decode(text)
        for up in self.ups:
            args = up(args)
        return args


class Institutions:
    """All domains of this installation. Raises when two of them claim one op kind, table or question."""

    def __init__(self, domains: Sequence[Domain]) -> None:
        self.domains = tuple(domains)
        self.tables = record_tables(record for domain in domains for record in domain.records)
        self.ops: dict[tuple[str, int], Known] = {}
        self.answers: dict[str, Callable[..., Any]] = {}
        self.sealed: dict[str, Callable[..., frozenset[str] | None]] = {}
        self._under_seal: dict[str, bool] = {}
        self._families: dict[str, tuple[str, ...]] = {}
        self.registers: dict[str, Register] = {}
        for domain in domains:
            self._take(domain)
        self.settles = tuple(d.settle for d in domains if d.settle)
        self.reviews = tuple(d.review for d in domains if d.review)
        self.attached = tuple(d.attached for d in domains if d.attached)
        self.measures = tuple(measure for d in domains for measure in d.measures)
        self.founds = tuple((d.name, d.found) for d in domains if d.found)
        self.ticks = tuple((d.name, d.tick) for d in domains if d.tick)

    def _take(self, domain: Domain) -> None:
        for kind in domain.ops:
            if (kind.kind, kind.version) in self.ops:
                raise ValueError(f"two institutions claim op kind {kind.kind} {kind.version}")
            self.ops[kind.kind, kind.version] = Known(kind, domain.handlers[kind.kind], msgspec.json.Decoder(kind.args))
            self._under_seal[kind.kind] = kind.sealed
            self._families[_family(kind.kind)] = tuple(self.tables[record].name for record in domain.records)
            if domain.sealed:
                self.sealed[_family(kind.kind)] = domain.sealed
        for old in sorted(domain.upcasts, key=lambda u: -u.version):
            if (old.kind, old.version) in self.ops or (old.kind, old.version + 1) not in self.ops:
                raise ValueError(f"upcast of {old.kind} {old.version} leads nowhere")
            later = self.ops[old.kind, old.version + 1]
            self.ops[old.kind, old.version] = later._replace(args=msgspec.json.Decoder(old.args), ups=(old.up, *later.ups))
        for register in domain.registers:
            if self.registers.setdefault(register.name, register) is not register:
                raise ValueError(f"two institutions have a register {register.name!r}")
        for question, answer in domain.answers.items():
            if question in self.answers:
                raise ValueError(f"two institutions answer {question!r}")
            self.answers[question] = answer

    def known(self, kind: str, version: int) -> Known | None:
        """The op kind and version, if any release up to this one had it."""
        return self.ops.get((kind, version))

    def tables_of(self, kind: str) -> tuple[str, ...]:
        """Names of the tables of the institution an op kind belongs to."""
        return self._families.get(_family(kind), ())

    def sealed_by(self, kind: str) -> Callable[..., frozenset[str] | None] | None:
        """What tells who may hear of a held op of this kind, if its institution is sealed; later kinds of its family included."""
        return self.sealed.get(_family(kind))

    def is_under_seal(self, kind: str) -> bool:
        """Whether nobody may hear that an op of this kind waits on a phone; of an unknown kind, if its institution has anything sealed."""
        return self._under_seal.get(kind, _family(kind) in self.sealed)

    def is_ours(self, kind: str) -> bool:
        """Whether any version of this op kind is known."""
        return any(known == kind for known, _ in self.ops)


def _family(kind: str) -> str:
    """The part of an op kind that its institution shares: "visit" of `visit.record`."""
    return kind.partition(".")[0]
