"""What a process must look up because another one may have decided it: who is still signed in, which devices still count (law I19)."""

import asyncio

from server.gateway.place import Place
from server.store.contract import Sql

LOOK_SECONDS = 3
AT_ONCE = 500


class Porter:
    """Shuts out, every few seconds, sockets whose session or device another process has ended. Idle where one process serves alone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._next_at = 0.0

    async def look(self) -> None:
        """Look if it is time to."""
        now = asyncio.get_running_loop().time()
        if not self._place.store.shared or now < self._next_at:
            return
        self._next_at = now + LOOK_SECONDS
        hub = self._place.hub
        tokens = sorted({link.token for link in hub.links if link.token})
        devices = sorted({link.session.dev for link in hub.links if link.token})
        # A session that belongs to a disabled device has ended with it, whatever device its socket goes by.
        ended = "SELECT 1 FROM device d WHERE d.dev = session.dev AND d.revoked_at IS NOT NULL"
        standing = f"SELECT token FROM session WHERE NOT EXISTS ({ended}) AND token"
        alive = await self._place.store.read(lambda sql: found_among(sql, standing, tokens))
        counted = "SELECT dev FROM device WHERE revoked_at IS NULL AND dev"
        counting = await self._place.store.read(lambda sql: found_among(sql, counted, devices))
        for token in tokens:
            if token not in alive:
                hub.close_session(token)
        for dev in devices:
            if dev not in counting:
                hub.close_device(dev)


def found_among(sql: Sql, select: str, values: list[str]) -> set[str]:
    """Those of `values` that `select … IN (…)` finds."""
    found: set[str] = set()
    for start in range(0, len(values), AT_ONCE):
        chunk = values[start : start + AT_ONCE]
        found |= {value for (value,) in sql.all(f"{select} IN ({', '.join('?' * len(chunk))})", chunk)}
    return found
