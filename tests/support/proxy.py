"""A proxy in front of a server that cuts, holds up and loses what passes through it, as drawn from a seed."""

import asyncio
import random
import threading
from collections import Counter
from typing import Literal, NamedTuple

AFTER_BYTES_MAX = {"up": 2_500, "down": 9_000}
"""So early that what happens falls into the middle of a request, a page or a frame."""
HOLD_SECONDS = 0.3
LOST_SECONDS = 0.5
CHUNK_BYTES = 1_400

Way = Literal["up", "down"]
Fault = Literal["nothing", "cut", "hold", "lose"]


class Fate(NamedTuple):
    """What befalls a connection after so many bytes of one way: it is cut, that way stands still for a while, or all of that way is lost
    while the other goes on, until both ends are let go.
    """

    fault: Fault
    way: Way
    after_bytes: int


class CuttingProxy:
    """Listens on loopback and forwards to a port there. `calm`: everything passes; `met`: what has befallen connections, counted."""

    def __init__(self, port: int, seed: int) -> None:
        self.calm, self.met = False, Counter[str]()
        self._upstream, self._dice = port, random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._meetings: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def __enter__(self) -> "CuttingProxy":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._open, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._meetings:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._meetings, return_exceptions=True))
        self._loop.close()

    def _fate(self) -> Fate:
        fault: Fault = "nothing" if self.calm else self._dice.choice(("nothing", "cut", "cut", "hold", "lose"))
        way: Way = self._dice.choice(("up", "down"))
        return Fate(fault, way, self._dice.randrange(1, AFTER_BYTES_MAX[way]))

    def _open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        meeting = self._loop.create_task(self._meet(reader, writer))
        self._meetings.add(meeting)
        meeting.add_done_callback(self._meetings.discard)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, thither = await asyncio.open_connection("127.0.0.1", self._upstream)
        fate, self.met["connections"] = self._fate(), self.met["connections"] + 1
        pumps = [asyncio.create_task(self._pump(reader, thither, "up", fate)), asyncio.create_task(self._pump(there, writer, "down", fate))]
        done, going = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        broken = any(pump.exception() or pump.result() for pump in done)
        for pump in going:
            pump.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        for end in (writer, thither):
            if broken:
                end.transport.abort()
            else:
                end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, fate: Fate) -> bool:
        """Forward one way until it ends; true when the fate of the connection ended it."""
        passed = 0
        while data := await reader.read(CHUNK_BYTES):
            if fate.way == way and fate.fault != "nothing" and passed <= fate.after_bytes < passed + len(data):
                self.met[f"{fate.fault} {way}"] += 1
                writer.write(data[: fate.after_bytes - passed])
                await writer.drain()
                if fate.fault == "cut":
                    return True
                await asyncio.sleep(HOLD_SECONDS if fate.fault == "hold" else LOST_SECONDS)
                if fate.fault == "lose":
                    return True
                writer.write(data[fate.after_bytes - passed :])
            else:
                writer.write(data)
            await writer.drain()
            passed += len(data)
        return False
