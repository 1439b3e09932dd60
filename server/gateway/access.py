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
    return next(iter(sessions(sql, scope, jar, now)), None)


def sessions(sql: Sql, scope: AsgiScope, jar: Jar, now: int) -> list[SignedIn]:
    """Who is signed in here. `device_revoked` when this phone was disabled since (law I19)."""
    found = [who for token in tokens(scope, jar) if (who := people.session(sql, token, now))]
    shown = cookies.sent(scope)
    standing = [who for who in found if not is_ended(sql, who, shown.get(jar.device(who.uid), ""))]
    if found and not standing:
        raise ProblemError("device_revoked")
    return standing


def is_ended(sql: Sql, who: SignedIn, shown: str = "") -> bool:
    """Whether the device the session belongs to, or else the one this browser says it is (`shown`), was disabled after the sign-in."""
    dev = who.dev or shown
    device = ledger.device(sql, dev) if dev else None
    if device is None or device.uid != who.uid or device.revoked_at is None:
        return False
    return who.until_at - cookies.SESSION_SECONDS * 1000 <= device.revoked_at


def reader(sql: Sql, scope: AsgiScope, jar: Jar, dev: str, now: int) -> Reader:
    """The device named, if the person signed in is its own."""
    here = sessions(sql, scope, jar, now)
    device = ledger.device(sql, dev)
    if not here:
        # With a stolen phone its sessions ended; it is still told to forget what it holds.
        raise ProblemError("device_revoked" if device and device.revoked_at is not None and device.stolen else "login_required")
    if device is None:
        raise ProblemError("device_unknown")
    if device.revoked_at is not None:
        raise ProblemError("device_revoked")
    who = next((who for who in here if who.uid == device.uid), None)
    if who is None:
        raise ProblemError("login_required")
    return Reader(device, who, people.buckets(who.actor, dev))
