"""Who leads checks, and who visits (CHK-05, CHK-06): appointed under the seal, in no list of the hall."""

import msgspec

from sync.ops import command


class AppointLead(msgspec.Struct, omit_defaults=True):
    """`check.appoint`, rid = a person of the hall, `if` the version of row `check.lead`: the director of the hall has him lead checks from
    a day (ISO) on, or not any more (`ends`).
    """

    from_day: str
    ends: bool = False


class RelieveLead(msgspec.Struct):
    """`check.relieve`, rid = a person who leads checks, `if` the version of row `check.lead`: the director has another, `to`, lead all that
    one leads, when he can no longer use his phone. It names people alone, and is answered the same whether there is anything or not.
    """

    to: str


class PutVisitor(msgspec.Struct, omit_defaults=True):
    """`check.visitor`, rid = new, a known visitor or a person of the hall, `if` the version of row `check.visitor`: a check lead has
    somebody visit from today until `last_day` (ISO; "" for good, of a person of the hall alone), or not any more (`ends`).

    `name`: of somebody from outside, whose login the server makes.
    """

    name: str = ""
    last_day: str = ""
    ends: bool = False


OPS = (
    command("check.appoint", 1, AppointLead),
    command("check.relieve", 1, RelieveLead),
    command("check.visitor", 1, PutVisitor),
)
