"""The ceilings: the same work with nothing but the bare parts, measured in the same run.

`python -m server.bench.bare asgi PORT [KEY [PAGE [CODING]]]` · `durable PORT DATABASE [FOLDER]` · `litestar PORT DATABASE` ·
`sockets PORT` · `picows PORT`: processes of their own, like the server they are held against.
"""

import asyncio
import importlib
import io
import itertools
import os
import queue
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import uvicorn
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar, post
from PIL import Image
from websockets.asyncio.server import ServerConnection, broadcast, serve

from server.bench.load import Run
from server.gateway.wire import compress
from server.store import postgres
from server.store.shrink import THUMB_EDGE
from server.store.sqlite import WRITER, Connection
from sync.keys import bytes_of
from sync.messages import Push
from sync.ops import OpBody, decode_body, to_json, verify

_push = msgspec.json.Decoder(Push)


class Bare:
    """The least an endpoint can do: read the body, decode it, answer. A GET answers the rows of `page`, read anew each time."""

    def __init__(self, key: bytes = b"", page: Path | None = None, coding: str = "") -> None:
        self._page = Connection(page, ("query_only=ON",)) if page else None
        self._coding = coding
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
        return compress(b"\n".join(row for (row,) in self._page.all("SELECT line FROM page ORDER BY n")), self._coding)

    async def _decoded(self, receive: Any) -> bytes:
        body = await body_of(receive)
        push = _push.decode(body)
        if self._key:
            # What no push can do without: check one signature, make one.
            verify(self._key, body[:100], bytes_of(push.sig))
            self._signer.sign(body[:100])
        return b'{"last":%d}' % len(push.ops)


async def body_of(receive: Any) -> bytes:
    """The body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


class Named(msgspec.Struct):
    """What a bare writer needs to know of a record."""

    id: str


class Durable:
    """The least a durable endpoint can do: decode the records of a push, insert them by id, commit to the disk, answer.

    No rules, no results, no rows for others, no evidence. One thread writes; one commit is one push. A photo sent to `/blobs` is decoded
    and written anew with a thumbnail as a file of `folder`, on the disk before it is answered; in this process, not one of its own.
    """

    def __init__(self, where: str, folder: Path | None = None) -> None:
        self._folder = folder
        self._files = itertools.count()
        # A file, or the address of a database on a server.
        self._sql = postgres.Connection(where, "public") if "://" in where else Connection(Path(where), WRITER)
        self._sql.run("CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL)")
        self._writer = ThreadPoolExecutor(1)
        self._records = msgspec.json.Decoder(Named)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One push, or one file."""
        if scope["type"] != "http":
            return
        if self._folder and scope["path"].endswith("/blobs"):
            await asyncio.get_running_loop().run_in_executor(self._writer, self._keep, await body_of(receive))
            await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
        else:
            push = _push.decode(await body_of(receive))
            rows: list[tuple[str, ...]] = [(self._records.decode(text).id, text) for text in push.ops]
            await asyncio.get_running_loop().run_in_executor(self._writer, self._write, rows)
            answer = b'{"last":%d}' % len(rows)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(answer))]})
            await send({"type": "http.response.body", "body": answer})

    def _keep(self, data: bytes) -> None:
        assert self._folder is not None, "asked for only with a folder"
        with Image.open(io.BytesIO(data)) as photo:
            picture, thumb = photo.convert("RGB"), photo.copy()
        thumb.thumbnail((THUMB_EDGE, THUMB_EDGE))
        with (self._folder / str(next(self._files))).open("wb") as file:
            picture.save(file, "JPEG", quality=85, optimize=True)
            thumb.save(file, "JPEG", quality=70, optimize=True)
            file.flush()
            os.fsync(file.fileno())

    def _write(self, rows: list[tuple[str, ...]]) -> None:
        self._sql.run("BEGIN IMMEDIATE")
        self._sql.many("INSERT INTO record VALUES (?, ?)", rows)
        self._sql.run("COMMIT")


class Columned(Durable):
    """The same, with the fields of an op in columns, decoded as what they are: as a service that keeps such records is usually written."""

    FIELDS = tuple(field.name for field in msgspec.structs.fields(OpBody))

    def __init__(self, where: str) -> None:
        super().__init__(where)
        columns = ", ".join(f'"{name}" TEXT{" PRIMARY KEY" if name == "id" else ""}' for name in self.FIELDS)
        self._sql.run(f"CREATE TABLE columned ({columns})")
        self._insert = f"INSERT INTO columned VALUES ({', '.join('?' * len(self.FIELDS))})"

    async def keep(self, push: Push) -> int:
        """Keep the records of a push; how many they were."""
        rows = [tuple(map(_column, msgspec.structs.astuple(decode_body(text)))) for text in push.ops]
        await asyncio.get_running_loop().run_in_executor(self._writer, self._write, rows)
        return len(rows)

    def _write(self, rows: list[tuple[str, ...]]) -> None:
        self._sql.run("BEGIN IMMEDIATE")
        self._sql.many(self._insert, rows)
        self._sql.run("COMMIT")


def _column(value: Any) -> str:
    return value if type(value) is str else to_json(value)


def behind_litestar(where: str) -> Litestar:
    """`Columned` as a Litestar application."""
    columned = Columned(where)

    @post("/s/{site:str}/push", status_code=200)
    async def push(data: Push) -> dict[str, int]:
        return {"last": await columned.keep(data)}

    return Litestar([push], openapi_config=None)


def write_page(path: Path, lines: Sequence[bytes]) -> None:
    """A database that holds the lines of one page."""
    sql = Connection(path, ())
    sql.run("CREATE TABLE page (n INTEGER PRIMARY KEY, line BLOB NOT NULL)")
    sql.run("BEGIN")
    sql.many("INSERT INTO page VALUES (?, ?)", list(enumerate(lines)))
    sql.run("COMMIT")
    sql.close()


def serve_asgi(port: int, app: Any) -> None:
    """A bare app under the same uvicorn settings as the server's."""
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


async def picows(port: int) -> None:
    """The same from a server written in C, where it is installed."""
    server: Any = importlib.import_module("picows")
    clients: set[Any] = set()

    class Client(server.WSListener):  # type: ignore[misc]
        def on_ws_connected(self, transport: Any) -> None:
            clients.add(transport)

        def on_ws_disconnected(self, transport: Any) -> None:
            clients.discard(transport)

        def on_ws_frame(self, transport: Any, frame: Any) -> None:
            if frame.msg_type == server.WSMsgType.TEXT:
                message = frame.get_payload_as_bytes()
                for client in clients:
                    client.send(server.WSMsgType.TEXT, message)

    listening = await server.ws_create_server(lambda _: Client(), "127.0.0.1", port)
    await listening.serve_forever()


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
    what, port, *more = sys.argv[1:]
    if what == "asgi":
        key, page, coding = [*more, "", "", ""][:3]
        serve_asgi(int(port), Bare(bytes.fromhex(key), Path(page) if page else None, coding))
    elif what == "durable":
        serve_asgi(int(port), Durable(more[0], Path(more[1]) if len(more) > 1 else None))
    elif what == "litestar":
        serve_asgi(int(port), behind_litestar(more[0]))
    elif what == "picows":
        uvloop.run(picows(int(port)))
    else:
        # As the library is usually run; on uvloop it takes about half the time.
        asyncio.run(sockets(int(port)))
