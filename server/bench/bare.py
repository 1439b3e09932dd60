"""The ceilings: the same work with nothing but the bare parts, measured in the same run.

`python -m server.bench.bare asgi PORT [KEY [PAGE]]` · `sockets PORT`: processes of their own, like the server they are held against.
"""

import asyncio
import queue
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.asyncio.server import ServerConnection, broadcast, serve

from server.bench.load import Run
from server.store.sqlite import WRITER, Connection
from sync.messages import Push
from sync.ops import verify
from sync.session import bytes_of

_push = msgspec.json.Decoder(Push)


class Bare:
    """The least an endpoint can do: read the body, decode it, answer. A GET answers the rows of `page`, read anew each time."""

    def __init__(self, key: bytes = b"", page: Path | None = None) -> None:
        self._page = Connection(page, ("query_only=ON",)) if page else None
        self._key = key
        self._signer = Ed25519PrivateKey.generate()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] == "http":
            answer = self._rows() if scope["method"] == "GET" else await self._decoded(receive)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(answer))]})
            await send({"type": "http.response.body", "body": answer})

    def _rows(self) -> bytes:
        assert self._page is not None, "only asked for pages when it has one"
        return b"\n".join(row for (row,) in self._page.all("SELECT line FROM page ORDER BY n"))

    async def _decoded(self, receive: Any) -> bytes:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        push = _push.decode(body)
        if self._key:
            # What no push can do without: check one signature, make one.
            verify(self._key, body[:100], bytes_of(push.sig))
            self._signer.sign(body[:100])
        return b'{"last":%d}' % len(push.ops)


def write_page(path: Path, lines: Sequence[bytes]) -> None:
    """A database that holds the lines of one page."""
    sql = Connection(path, ())
    sql.run("CREATE TABLE page (n INTEGER PRIMARY KEY, line BLOB NOT NULL)")
    sql.many("INSERT INTO page VALUES (?, ?)", list(enumerate(lines)))
    sql.close()


def serve_asgi(port: int, key: str = "", page: str = "") -> None:
    """The bare app under the same uvicorn settings as the server's."""
    app: Any = Bare(bytes.fromhex(key), Path(page) if page else None)
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False, log_level="error", lifespan="off")


async def sockets(port: int) -> None:
    """Whatever one client says is broadcast to all."""
    clients: set[ServerConnection] = set()

    async def handler(client: ServerConnection) -> None:
        clients.add(client)
        async for message in client:
            broadcast(clients, message)

    async with serve(handler, "127.0.0.1", port, compression=None):
        await asyncio.get_running_loop().create_future()


class Statement(NamedTuple):
    """One SQL change with its values."""

    sql: str
    values: Sequence[Any]


def write_bare(path: Path, schema: Sequence[str], units: Sequence[Sequence[Statement]], group: int, clients: int = 64) -> Run:
    """The bare writer: one thread, one connection, `clients` waiting units at a time, `group` units to a durable commit."""
    sql = Connection(path, WRITER)
    for statement in schema:
        sql.run(statement)
    waiting: queue.SimpleQueue[Sequence[Statement] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[int] = queue.SimpleQueue()
    writer = threading.Thread(target=_write, args=(sql, waiting, done, group), daemon=True)
    writer.start()
    cpu, start = time.process_time(), time.perf_counter()
    sent = answered = 0
    while answered < len(units):
        while sent < len(units) and sent - answered < clients:
            waiting.put(units[sent])
            sent += 1
        answered += done.get()
    run = Run(len(units), time.perf_counter() - start, time.process_time() - cpu, [])
    waiting.put(None)
    writer.join()
    sql.close()
    return run


def _write(sql: Connection, waiting: "queue.SimpleQueue[Sequence[Statement] | None]", done: "queue.SimpleQueue[int]", group: int) -> None:
    while (unit := waiting.get()) is not None:
        sql.run("BEGIN IMMEDIATE")
        count = 0
        while unit is not None:
            for statement in unit:
                sql.run(*statement)
            count += 1
            if count == group:
                break
            try:
                unit = waiting.get_nowait()
            except queue.Empty:
                break
        sql.run("COMMIT")
        done.put(count)


if __name__ == "__main__":
    if sys.argv[1] == "asgi":
        serve_asgi(int(sys.argv[2]), *sys.argv[3:])
    else:
        asyncio.run(sockets(int(sys.argv[2])))
