"""What anybody may ask: which halls there are, whether the server lives, and, once, who shall be its administrator."""

import hmac
import uuid

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.gateway.desk import Desk
from server.gateway.passwords import PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN
from server.gateway.problems import ProblemError
from server.store import people
from server.store.contract import SiteFacts, Sql, Unit
from server.store.people import Account
from sync.messages import Config, Persona, Setup, Site
from sync.version import SOFTWARE


@get("/config")
async def config(desk: NamedDependency[Desk]) -> Config:
    """Halls for the sign-in page; demo personas only in demo mode."""
    sites = []
    for place in desk.places.values():
        names, locale = await place.store.read(lambda sql, facts=place.store.facts: hall_name(sql, facts))  # type: ignore[misc]
        accounts = await place.store.read(people.personas) if place.store.facts.demo else []
        sites.append(Site(place.id, names, locale, [_persona(account) for account in accounts]))
    return Config(SOFTWARE, desk.settings.demo, sites)


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
    """A demo account under the role it is there to show."""
    persona = account.persona or ""
    return Persona(persona, "HEAD" if persona == "head" else account.roles[0], account.name)


@get("/healthz")
async def healthz(desk: NamedDependency[Desk]) -> dict[str, str]:
    """Whether every hall can be read."""
    for place in desk.places.values():
        await place.store.read(lambda sql: sql.one("SELECT 1"))
    return {"status": "ok"}


@post("/setup", status_code=204)
async def setup(data: JSONBody[Setup], desk: NamedDependency[Desk]) -> None:
    """First start of an empty hall: the code on the console makes the first administrator, once."""
    desk.brake.check("setup")
    if not desk.setup_code or not hmac.compare_digest(data.code.encode(), desk.setup_code.encode()):
        raise ProblemError("setup_code_bad")
    login, name = data.login.strip(), data.name.strip()
    if not login or not name or not PASSWORD_CHARS_MIN <= len(data.password) <= PASSWORD_CHARS_MAX or len(login) > 64 or len(name) > 64:
        raise ProblemError("malformed")
    (place,) = desk.places.values()
    password = await desk.passwords.hash(data.password)

    def unit(unit: Unit) -> None:
        if people.has_accounts(unit.sql):
            raise ProblemError("setup_code_bad")
        uid = str(uuid.uuid4())
        with unit.step() as tx:
            people.put_account(tx, Account(uid, login, name, password, "", ("ADM",)))
            people.audit(tx, uid, "setup", uid)

    await place.store.write(unit)
    desk.setup_code = ""
