"""Who is asking: the session behind the cookies of a request, and the device it may use."""

from typing import NamedTuple

from server.gateway import cookies
from server.gateway.cookies import Jar
from server.gateway.problems import ProblemError
from server.gateway.wire import AsgiScope
from server.store import ledger, people
from server.store.contract import Sql
from server.store.ledger import Device
from server.store.people import SignedIn


class Reader(NamedTuple):
    """A device that may read: itself, its person, its buckets."""

    device: Device
    who: SignedIn
    buckets: frozenset[str]


def tokens(scope: AsgiScope, jar: Jar) -> list[str]:
    """Digests of the session cookies of a request: the person's, then the wall screen's (both may live in one browser)."""
    sent = cookies.sent(scope)
    return [cookies.digest(sent[name]) for name in (jar.person, jar.board) if sent.get(name)]


def signed_in(sql: Sql, scope: AsgiScope, jar: Jar, now: int) -> SignedIn | None:
    """The person of this request."""
    for token in tokens(scope, jar):
        if who := people.session(sql, token, now):
            return who
    return None


def reader(sql: Sql, scope: AsgiScope, jar: Jar, dev: str, now: int) -> Reader:
    """The device named, if the person signed in is its own."""
    sessions = [who for token in tokens(scope, jar) if (who := people.session(sql, token, now))]
    if not sessions:
        raise ProblemError("login_required")
    device = ledger.device(sql, dev)
    if device is None:
        raise ProblemError("device_unknown")
    if device.revoked_at is not None:
        raise ProblemError("device_revoked")
    who = next((who for who in sessions if who.uid == device.uid), None)
    if who is None:
        raise ProblemError("login_required")
    return Reader(device, who, people.buckets(who.actor, dev))
