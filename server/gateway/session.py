"""Signing in and out: `/s/{site}/session`.

A short cookie session; guessing is answered with growing pauses that strangers cannot aim at others.
"""

import secrets
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.gateway import access, cookies
from server.gateway.gate import Gate
from server.gateway.passwords import (
    BY_ACCOUNT,
    BY_ADDRESS,
    BY_KNOWN_BROWSER,
    PASSWORD_CHARS_MAX,
    PASSWORD_CHARS_MIN,
    Limit,
    after_failure,
)
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.wire import plain
from server.store import people
from server.store.contract import Sql, Unit
from server.store.people import Account, SignedIn
from sync.messages import NewPassword, Session, SignIn

AnyRequest = Request[Any, Any, Any]
LOGIN_CHARS_MAX = 64


def view(who: SignedIn) -> Session:
    """A session as the app sees it."""
    return Session(who.uid, who.name, list(who.roles), who.until_at, who.nonce)


async def signed_in(gate: Gate, place: Place, request: AnyRequest, may: frozenset[str] | None = None) -> SignedIn:
    """The person of this request, or `login_required`; `forbidden` when only who has one of the roles `may`."""
    jar, scope = gate.jar(place), plain(request.scope)
    who = await place.store.read(lambda sql: access.signed_in(sql, scope, jar, place.clock()))
    if who is None:
        raise ProblemError("login_required")
    if may is not None and may.isdisjoint(who.roles):
        raise ProblemError("forbidden")
    return who


async def open_for(place: Place, account: Account, act: str, dev: str) -> tuple[str, SignedIn]:
    """A new session: the cookie's value and who it is for. `dev`: the device the browser says it is."""
    token, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(18)
    digest = cookies.digest(token)

    def unit(unit: Unit) -> SignedIn:
        until_at = unit.now + cookies.SESSION_SECONDS * 1000
        with unit.step() as tx:
            people.open_session(tx, digest, account.uid, nonce, until_at, dev)
            people.audit(tx, account.uid, act, account.uid)
        return SignedIn(digest, account.uid, account.name, account.unit, account.roles, nonce, until_at)

    return token, await place.store.write(unit)


@post("/s/{site:str}/session", status_code=200)
async def sign_in(
    request: AnyRequest, data: JSONBody[SignIn], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> Response[Session]:
    """Sign in with account and password, or in demo mode as a persona."""
    if data.persona:
        if not place.store.facts.demo:
            raise ProblemError("demo_only")
        account = await place.store.read(lambda sql: people.by_persona(sql, data.persona))
        if account is None:
            raise ProblemError("login_failed")
        return await _welcome(gate, place, request, account, "")
    login = data.name.strip()[:LOGIN_CHARS_MAX]
    account = await _authenticated(gate, place, request, login, data.password)
    return await _welcome(gate, place, request, account, login)


async def _authenticated(gate: Gate, place: Place, request: AnyRequest, login: str, password: str) -> Account:
    """The account, if the password is right and its door is not locked for this browser."""
    mark = cookies.sent(plain(request.scope)).get(gate.jar(place).known, "")
    subjects = _subjects(place, request, login, mark)
    wait_ms = await place.store.read(lambda sql: _locked_ms(sql, subjects, place.clock()))
    if wait_ms > 0:
        seconds = -(-wait_ms // 1000)
        raise ProblemError("login_locked", {"seconds": seconds}, retry_after_s=seconds)
    account = await place.store.read(lambda sql: people.by_login(sql, login))
    right = await gate.passwords.matches(account.password if account else None, password)

    def unit(unit: Unit) -> None:
        with unit.step() as tx:
            for subject, limit in subjects:
                if right and not subject.startswith("address:"):
                    people.clear_attempts(tx, subject)
                elif not right:
                    people.put_attempts(tx, subject, after_failure(people.attempts(tx.sql, subject), limit, tx.now))

    await place.store.write(unit)
    if account is None or not right:
        raise ProblemError("login_failed")
    return account


def _subjects(place: Place, request: AnyRequest, login: str, mark: str) -> list[tuple[str, Limit]]:
    """Whose failures count: the browser's own where the account knows it, else the account's; and always the address's."""
    address = request.client.host if request.client else ""
    if cookies.is_known_browser(place.store.facts.seal_key, login, mark):
        return [(f"browser:{mark}", BY_KNOWN_BROWSER)]
    return [(f"account:{login}", BY_ACCOUNT), (f"address:{address}", BY_ADDRESS)]


def _locked_ms(sql: Sql, subjects: list[tuple[str, Limit]], now: int) -> int:
    return max(people.attempts(sql, subject).until_at - now for subject, _ in subjects)


async def _welcome(gate: Gate, place: Place, request: AnyRequest, account: Account, login: str) -> Response[Session]:
    """A session and its cookie; after a password also the mark of a browser this account knows."""
    jar = gate.jar(place)
    dev = cookies.sent(plain(request.scope)).get(jar.device(account.uid), "")
    token, who = await open_for(place, account, "session.open", dev)
    set_cookies = [jar.set(jar.person, token, cookies.SESSION_SECONDS)]
    if login:
        known = cookies.known_browser(place.store.facts.seal_key, login, secrets.token_hex(16))
        set_cookies.append(jar.set(jar.known, known, cookies.KNOWN_SECONDS))
    return Response(view(who), cookies=set_cookies)


@get("/s/{site:str}/session")
async def who_am_i(request: AnyRequest, gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[Session]:
    """Who is signed in, with the nonce an enrolment must sign.

    On a disabled phone nobody: one whose chain is broken asks this before it goes on, and `device_revoked` would have it forget what it
    holds.
    """
    try:
        return Response(view(await signed_in(gate, place, request)))
    except ProblemError as problem:
        raise ProblemError("login_required") if problem.id == "device_revoked" else problem from None


@delete("/s/{site:str}/session", status_code=204)
async def sign_out(request: AnyRequest, gate: NamedDependency[Gate], place: NamedDependency[Place]) -> Response[None]:
    """End the session of this browser; its sockets close."""
    jar = gate.jar(place)
    sent = cookies.sent(plain(request.scope)).get(jar.person)
    if sent:
        digest = cookies.digest(sent)

        def unit(unit: Unit) -> None:
            with unit.step() as tx:
                people.end_session(tx, digest)

        await place.store.write(unit)
        place.hub.close_session(digest)
    return Response(None, status_code=204, cookies=[jar.drop(jar.person)])


@post("/s/{site:str}/session/password", status_code=204)
async def change_password(
    request: AnyRequest, data: JSONBody[NewPassword], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> None:
    """One's own password, by whoever knows the old one: a wrong one counts as at signing in. Every other session of the person ends."""
    who = await signed_in(gate, place, request)
    account = await place.store.read(lambda sql: people.by_uid(sql, who.uid))
    if account is None or account.login is None:
        raise ProblemError("not_found")
    if not PASSWORD_CHARS_MIN <= len(data.new) <= PASSWORD_CHARS_MAX:
        raise ProblemError("malformed")
    known = await _authenticated(gate, place, request, account.login, data.old)
    hashed = await gate.passwords.hash(data.new)

    def unit(unit: Unit) -> list[str]:
        now = people.by_uid(unit.sql, who.uid)
        if now is None or now.password != known.password:  # an administrator has issued another meanwhile
            raise ProblemError("login_failed")
        with unit.step() as tx:
            tokens = people.give_password(tx, who.uid, hashed, keep=who.token)
            people.audit(tx, who.uid, "password.change", who.uid)
            return tokens

    for token in await place.store.write(unit):
        place.hub.close_session(token)
