"""What anybody may ask: which halls there are, whether the server lives, and, once, who shall be its administrator."""

import hmac
import uuid
from functools import partial

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.domain.hall.handlers import found
from server.domain.hall.views import listed_roles
from server.gateway.gate import Gate
from server.gateway.passwords import PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN
from server.gateway.problems import ProblemError
from server.store import people
from server.store.contract import SiteFacts, Sql, Unit
from server.store.people import Account
from sync.messages import Config, Persona, Setup, Site
from sync.version import SOFTWARE

MOST_PARTICULAR_FIRST = ("CHECK", "TEAM", "SUP", "DIS", "OFF", "ADM", "INS", "EFF", "LEAD", "TOP", "HEAD", "STF", "BOARD")
LOCALES = ("zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en")
NAME_CHARS_MAX = 64


@get("/config")
async def config(gate: NamedDependency[Gate]) -> Config:
    """Halls for the sign-in page; demo personas only in demo mode."""
    return Config(SOFTWARE, gate.settings.demo, await sites_of(gate), setup=bool(gate.setup_code))


async def sites_of(gate: Gate) -> list[Site]:
    """Every hall with its name and, in a demo, the people to be."""
    return [await place.store.read(partial(_site, place.store.facts)) for place in gate.places.values()]


def _site(facts: SiteFacts, sql: Sql) -> Site:
    names, locale = hall_name(sql, facts)
    accounts = people.personas(sql) if facts.demo else []
    return Site(facts.id, names, locale, [_persona(account) for account in accounts])


class _Hall(msgspec.Struct):
    names: dict[str, str]
    locale: str


def hall_name(sql: Sql, facts: SiteFacts) -> tuple[dict[str, str], str]:
    """Name and language of a hall: as it calls itself, or as the site was made."""
    row = sql.one("SELECT body FROM view_row WHERE kind = 'hall' AND rid = 'hall' AND body IS NOT NULL")
    if row is None:
        return facts.names, facts.locale
    hall = msgspec.json.decode(row[0], type=_Hall)
    return hall.names, hall.locale


def _persona(account: Account) -> Persona:
    """A demo account under the role it is there to show; what somebody of the hall was given secretly since is told at no door (CHK-05)."""
    shown = account.roles if account.persona == "checklead" else listed_roles(list(account.roles)) or account.roles
    role = min(shown, key=MOST_PARTICULAR_FIRST.index, default="STF")
    return Persona(account.persona or "", role, account.name)


@get("/healthz")
async def healthz(gate: NamedDependency[Gate]) -> dict[str, str]:
    """Whether every hall can be read."""
    for place in gate.places.values():
        await place.store.read(lambda sql: sql.one("SELECT 1"))
    return {"status": "ok"}


@post("/setup", status_code=204)
async def setup(data: JSONBody[Setup], gate: NamedDependency[Gate]) -> None:
    """First start of an empty hall: the code on the console makes the first administrator, once."""
    gate.brake.check("setup")
    if not gate.setup_code or not hmac.compare_digest(data.code.strip().lower().encode(), gate.setup_code.encode()):
        raise ProblemError("setup_code_bad")
    login, name = data.login.strip(), data.name.strip()
    if not login or not name or not PASSWORD_CHARS_MIN <= len(data.password) <= PASSWORD_CHARS_MAX:
        raise ProblemError("malformed")
    (place,) = gate.places.values()
    hall, locale = data.hall.strip(), data.locale or place.store.facts.locale
    if locale not in LOCALES or max(map(len, (login, name, hall))) > NAME_CHARS_MAX:
        raise ProblemError("malformed")
    # Names fall back to zh_Hans: the one name given stands there too.
    names = {"zh_Hans": hall, locale: hall} if hall else place.store.facts.names
    password = await gate.passwords.hash(data.password)

    def unit(unit: Unit) -> None:
        if people.has_accounts(unit.sql):
            raise ProblemError("setup_code_bad")
        uid = str(uuid.uuid4())
        with unit.step() as tx:
            people.put_account(tx, Account(uid, login, name, password, "", ("ADM",)))
            found(tx, names, locale, uid, name)
            tx.found()
            tx.settle()
            people.audit(tx, uid, "setup", uid)

    await place.store.write(unit)
    gate.setup_code = ""
