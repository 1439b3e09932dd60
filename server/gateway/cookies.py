"""The cookies of a site: who is signed in, the wall screen's own, and the browser an account has been used from before."""

import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie

from litestar.datastructures import Cookie

from server.gateway.wire import AsgiScope, header

SESSION_SECONDS = 12 * 3600
KNOWN_SECONDS = 180 * 24 * 3600
DEVICE_SECONDS = 400 * 24 * 3600


class Jar:
    """Cookie names of a site. `__Host-` and Secure under TLS; plain names on http, which browsers only then accept."""

    def __init__(self, site: str, secure: bool) -> None:
        prefix = "__Host-" if secure else ""
        self.person = f"{prefix}zg-{site}"
        self.board = f"{prefix}zg-{site}-board"
        self.known = f"{prefix}zg-{site}-known"
        self._device = f"{prefix}zg-{site}-dev"
        self._secure = secure

    def set(self, name: str, value: str, seconds: int) -> Cookie:
        """A cookie no script reads and no other site makes the browser send."""
        return Cookie(name, path="/", value=value, max_age=seconds, secure=self._secure, httponly=True, samesite="strict")

    def device(self, uid: str) -> str:
        """Which device of a person this browser is: outlives a database that the browser has emptied."""
        return f"{self._device}-{hashlib.sha256(uid.encode()).hexdigest()[:8]}"

    def drop(self, name: str) -> Cookie:
        """The same, taken away."""
        return self.set(name, "", 0)


def sent(scope: AsgiScope) -> dict[str, str]:
    """The cookies of a request; an unreadable header is no cookies."""
    text = header(scope, b"cookie")
    if '"' not in text and "\\" not in text:
        # Nothing in it needs more than to be cut: none of ours do, and this is asked with every request.
        pairs = (part.partition("=") for part in text.split(";"))
        return {name.strip(): value.strip() for name, is_pair, value in pairs if is_pair}
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(text).items()}
    except CookieError:
        return {}


def digest(token: str) -> str:
    """What the database keeps of a session cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def known_browser(key: bytes, login: str, mark: str) -> str:
    """The value that shows a browser has signed in to this account before. `mark`: random, the browser's own."""
    proof = hmac.new(key, f"known\n{login}\n{mark}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"{mark}.{proof}"


def is_known_browser(key: bytes, login: str, value: str) -> bool:
    """Whether this account made this value."""
    mark, _, _ = value.partition(".")
    return bool(mark) and hmac.compare_digest(known_browser(key, login, mark).encode(), value.encode())
