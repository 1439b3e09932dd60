"""What endpoints share: the sites by id, cookie names, passwords, the brake on anonymous requests. Litestar injects it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from server.gateway.blobroom import BlobRoom
from server.gateway.cookies import Jar
from server.gateway.pace import Brake
from server.gateway.passwords import Passwords
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.papers.press import Press
from server.settings import Settings

SNAPSHOTS_AT_ONCE = 20
OWN_SNAPSHOTS_AT_ONCE = 4
EXPORTS_AT_ONCE = 1
HANDSHAKES_AT_ONCE = 64
"""How many sockets are identified at the same time. Others wait, so that ordinary requests never queue behind a thousand handshakes."""


class Turnstile:
    """Lets so many in at once; whoever comes then is asked to come again."""

    def __init__(self, at_once: int, retry_after_s: int) -> None:
        self._free = at_once
        self._retry_after_s = retry_after_s

    def __enter__(self) -> None:
        if self._free <= 0:
            raise ProblemError("busy", retry_after_s=self._retry_after_s)
        self._free -= 1

    def __exit__(self, *_: object) -> None:
        self._free += 1


class Turnstiles:
    """Lets so many of each subject in at once."""

    def __init__(self, at_once: int, retry_after_s: int) -> None:
        self._at_once = at_once
        self._retry_after_s = retry_after_s
        self._inside: Counter[str] = Counter()

    @contextmanager
    def enter(self, subject: str) -> Iterator[None]:
        """Be inside for the length of a `with`, or raise `busy`."""
        if self._inside[subject] >= self._at_once:
            raise ProblemError("busy", retry_after_s=self._retry_after_s)
        self._inside[subject] += 1
        try:
            yield
        finally:
            self._inside[subject] -= 1
            if not self._inside[subject]:
                del self._inside[subject]


class Gate:
    """The state of the gateway. `setup_code`: the one-time code of an empty start, until it is used."""

    def __init__(self, settings: Settings, places: dict[str, Place], clock: Callable[[], int], setup_code: str = "") -> None:
        self.settings = settings
        self.places = places
        self.rooms = {site: BlobRoom(place, settings) for site, place in places.items()}
        self.clock = clock
        self.setup_code = setup_code
        self.passwords = Passwords()
        self.brake = Brake(30, 60, clock)
        self.starts = Brake(settings.starts_per_minute, settings.starts_per_minute, clock)
        self.frames = Brake(max(1, settings.frames_per_minute // 6), settings.frames_per_minute, clock)
        self.snapshots = Turnstile(SNAPSHOTS_AT_ONCE, 5)
        self.press = Press(settings.font_folder)
        self.prints = Brake(200, 60, clock)
        self.own_snapshots = Turnstiles(OWN_SNAPSHOTS_AT_ONCE, 5)
        self.exports = Turnstile(EXPORTS_AT_ONCE, 5)
        self.handshakes = asyncio.Semaphore(HANDSHAKES_AT_ONCE)
        self._jars = {site: Jar(site, settings.secure) for site in places}

    def place(self, site: str) -> Place:
        """The site of an address."""
        if site not in self.places:
            raise ProblemError("not_found")
        return self.places[site]

    def jar(self, place: Place) -> Jar:
        """The cookie names of a site."""
        return self._jars[place.id]
