"""A check-in storm: a whole round of every inspector, photos and all, sent at once; and how long the lobby waits for its news meanwhile."""

import asyncio
import base64
import hashlib
import io
import itertools
import re
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from PIL import Image

from server.bench.crowd import SITE, TEXT, Phone, SteadyClocks, body_of, cookies_of, enrol, new_id
from server.bench.ears import Audience
from server.bench.load import Answers, Line, Process, Run, dial, free_port, post
from server.bench.pull import catch_up
from server.bench.push import Lost
from server.domain.incident.ops import OPS as INCIDENT_OPS
from server.domain.incident.ops import Report, TellLobby
from server.domain.patrol.ops import OPS as PATROL_OPS
from server.domain.patrol.ops import Knew, Observe, RoundFinish, RoundStart, ZoneClear
from sync import messages as m
from sync.keys import b64, key_from
from sync.ops import Blob, OpKind
from sync.replica import Replica

EXCEPTIONS = 3
"""Empty windows of a round, each with a photo."""
PHOTO_PIXELS = (1200, 900)
PHOTO_QUALITY = 78
TUS = "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nConnection: keep-alive"
NEWS = b"emergency.pub"
NEWS_EVERY_S = 0.05
NEWS_MAX = 4_000
NEWS_SECONDS_MAX = 300
BUSY = b"HTTP/1.1 503"
RETRY_AFTER = re.compile(rb"\r\nretry-after: (\d+)\r\n", re.IGNORECASE)
KINDS: dict[str, OpKind] = {kind.kind: kind for kind in (*PATROL_OPS, *INCIDENT_OPS)}


class Storm(NamedTuple):
    """What it came to: the rounds with their photos (units are requests, CPU with the processes that make photos safe), the same requests
    to a bare keeper, and the news on the wall before (`calm`) and during the storm. `records`: ops applied; `photo_bytes`: of all photos;
    `put_off`: how often somebody was asked to come again.
    """

    drained: Run
    kept: Run
    calm: Run
    board: Run
    records: int
    photo_bytes: int
    put_off: int


def stranger() -> Replica:
    """A device nobody has enrolled."""
    clocks = SteadyClocks(time.time_ns() // 1_000_000)
    return Replica(SITE, key_from(1 + secrets.randbelow(2**250)), clocks, new_id, "bench")


def photo(seed: int) -> bytes:
    """A photo as a phone sends it: shrunk, with something on it; every seed another one."""
    small = Image.effect_noise((PHOTO_PIXELS[0] // 4, PHOTO_PIXELS[1] // 4), 40 + seed % 60)
    picture = small.resize(PHOTO_PIXELS).convert("RGB")
    picture.putpixel((seed % PHOTO_PIXELS[0], seed // PHOTO_PIXELS[0] % PHOTO_PIXELS[1]), (255, 0, 0))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=PHOTO_QUALITY)
    return out.getvalue()


def upload(process: Process, phone: Phone, data: bytes) -> bytes:
    """The request that sends a whole photo at once (tus creation-with-upload)."""
    given = {"sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg", "part": "full"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items())
    head = (
        f"POST /s/{SITE}/blobs HTTP/1.1\r\nHost: 127.0.0.1:{process.port}\r\nOrigin: http://127.0.0.1:{process.port}\r\n{TUS}\r\n"
        f"Zaigang-Device: {phone.replica.dev}\r\nUpload-Length: {len(data)}\r\nUpload-Metadata: {metadata}\r\n"
        f"Content-Length: {len(data)}\r\nCookie: {phone.cookie}\r\n\r\n"
    )
    return head.encode() + data


def round_of(process: Process, phone: Phone, zones: dict[str, list[str]], number: int) -> tuple[list[bytes], int, int]:
    """One inspector's round: a push with every record, then its photos. Requests, how many records, how many bytes of photos."""
    replica = phone.replica
    now, posts = replica.time.now(), [post for posts in zones.values() for post in posts]
    empty = {posts[(number * EXCEPTIONS + n) % len(posts)]: photo(number * EXCEPTIONS + n) for n in range(min(EXCEPTIONS, len(posts)))}
    knew = Knew(1, [], now)
    start = replica.save(KINDS["patrol.start"], RoundStart(f"2026-03-18T{number % 8 + 9:02d}", "hourly", now))
    for post_id, data in empty.items():
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data), "image/jpeg", now)
        seen = Observe(start.rid, post_id, "empty_no_notice", now, knew, ["P2"], note=TEXT)
        replica.save(KINDS["patrol.observe"], seen, blobs=[blob])
    for zone, in_zone in zones.items():
        if others := [one for one in in_zone if one not in empty]:
            replica.save(KINDS["patrol.zone_clear"], ZoneClear(zone, others, now, knew), start.rid)
    replica.save(KINDS["patrol.finish"], RoundFinish(now), start.rid)
    push = replica.push()
    requests = [post(f"/s/{SITE}/push", process.port, msgspec.json.encode(push), phone.cookie)]
    requests += [upload(process, phone, data) for data in empty.values()]
    return requests, len(push.ops), sum(map(len, empty.values()))


async def zones_of(process: Process, phone: Phone) -> dict[str, list[str]]:
    """Posts by zone, as this phone's rows say."""
    await catch_up(process, phone)
    found: dict[str, list[str]] = {}
    for rid, one in sorted(phone.replica.bodies("post").items()):
        found.setdefault(one["zone"], []).append(rid)
    return found


async def wall(process: Process) -> Phone:
    """A lobby screen, paired by the administrator."""
    (admin,) = await enrol(process, 1, "admin")
    screen = stranger()
    line = await dial(process.port)

    async def say(path: str, message: msgspec.Struct, cookie: str = "") -> bytes:
        return await line.ask(post(f"/s/{SITE}/{path}", process.port, msgspec.json.encode(message), cookie))

    asked = m.PairingAsk(b64(screen.key.public), screen.prove("pair"))
    code = body_of(await say("displays", asked), m.Pairing).code
    await say("displays/confirm", m.PairingConfirm(code, "bench"), admin.cookie)
    at = time.time_ns() // 1_000_000
    raw = await say("displays/session", m.DeviceProof(screen.dev, at, screen.prove(str(at))))
    line.close()
    return Phone(screen, cookies_of(raw))


class News:
    """The office tells the lobby something new again and again; a screen hears it."""

    def __init__(self, process: Process, office: Phone, screen: Phone, place: str) -> None:
        self._process, self._office, self._place = process, office, place
        self._audience = Audience(process, [screen], 1, NEWS)
        self.told = 0

    async def open(self) -> None:
        """The screen is live, and there is an incident to speak of."""
        await self._audience.open()
        self._line = await dial(self._process.port)
        replica = self._office.replica
        self._incident = replica.save(KINDS["incident.report"], Report("system", self._place, replica.time.now(), 4, text=TEXT)).rid
        await self._push()

    async def tell(self, done: asyncio.Event, times: int = NEWS_MAX) -> Run:
        """One piece of news after another until `done`, each heard before the next: how long each took from the office to the wall."""
        before, begin, cpu = len(self._audience.delays_ms), time.perf_counter(), self._process.cpu_s()
        for n in itertools.count():
            if done.is_set() or n == times:
                break
            posts = [self._place] if self.told % 2 == 0 else []
            self._office.replica.save(KINDS["incident.announce"], TellLobby("system", paper_posts=posts), self._incident)
            self._audience.sent_at = time.perf_counter()
            await self._push()
            self.told += 1
            await self._audience.have_heard(self.told, NEWS_SECONDS_MAX)
            await asyncio.sleep(NEWS_EVERY_S)
        heard = self._audience.delays_ms[before:]
        return Run(len(heard), time.perf_counter() - begin, self._process.cpu_s() - cpu, heard)

    async def _push(self) -> None:
        replica = self._office.replica
        push = replica.push()
        replica.acked = len(replica.outbox)
        raw = await self._line.ask(post(f"/s/{SITE}/push", self._process.port, msgspec.json.encode(push), self._office.cookie))
        if any(result.st != "applied" for result in body_of(raw, m.PushAnswer).results):
            raise Lost("the news was not taken")

    def close(self) -> None:
        """Hang up."""
        self._line.close()
        self._audience.close()


async def storm(process: Process, folder: Path, inspectors: int, calm: int) -> Storm:
    """Every inspector sends a round at once. Raises `Lost` unless every record was applied and every photo kept."""
    crowd, (office,) = await enrol(process, inspectors), await enrol(process, 1, "office")
    zones = await zones_of(process, crowd[0])
    made = [round_of(process, phone, zones, n) for n, phone in enumerate(crowd)]
    queues, records = [requests for requests, _, _ in made], sum(count for _, count, _ in made)
    news = News(process, office, await wall(process), next(posts[0] for posts in zones.values()))
    await news.open()
    before = await news.tell(asyncio.Event(), calm)
    done = asyncio.Event()
    telling = asyncio.create_task(news.tell(done))
    shrinking = process.children_s()
    drained, answers, put_off = await patiently(process, queues)
    drained = drained._replace(cpu_s=drained.cpu_s + process.children_s() - shrinking)
    done.set()
    board = await telling
    news.close()
    all_kept(answers, records, inspectors * EXCEPTIONS)
    return Storm(drained, await to_keeper(folder, queues), before, board, records, sum(size for _, _, size in made), put_off)


async def patiently(process: Process, queues: Sequence[Sequence[bytes]]) -> tuple[Run, Answers, int]:
    """Send every queue over a line of its own, all at once; who is asked to come again does, over a new line, when the server said. Last:
    how often that was.
    """
    lines = [await dial(process.port) for _ in queues]
    answers, sent, put_off = Answers([], []), 0, 0

    async def one(line: Line, requests: Sequence[bytes]) -> None:
        nonlocal sent, put_off
        for request in requests:
            begin = time.perf_counter()
            while (raw := await line.ask(request)).startswith(BUSY):
                put_off += 1
                line.close()
                wait = RETRY_AFTER.search(raw)
                await asyncio.sleep(float(wait[1]) if wait else 1)
                line = await dial(process.port)
            answers.delays_ms.append((time.perf_counter() - begin) * 1000)
            answers.bodies.append(raw)
            sent += len(request)
        line.close()

    cpu, start = process.cpu_s(), time.perf_counter()
    await asyncio.gather(*(one(line, queue) for line, queue in zip(lines, queues, strict=True)))
    wall, used = time.perf_counter() - start, process.cpu_s() - cpu
    size = sent + sum(map(len, answers.bodies))
    return Run(len(answers.bodies), wall, used, answers.delays_ms, size, process.rss_kib()), answers, put_off


def all_kept(answers: Answers, records: int, photos: int) -> None:
    """Raise `Lost` unless that many records were applied and that many photos taken."""
    pushed = [raw for raw in answers.bodies if b" 200 " in raw[:16]]
    applied = sum(result.st == "applied" for raw in pushed for result in body_of(raw, m.PushAnswer).results)
    taken = sum(b" 201 " in raw[:16] for raw in answers.bodies)
    if (applied, taken) != (records, photos):
        raise Lost(f"{records} records sent, {applied} applied; {photos} photos sent, {taken} taken")


async def to_keeper(folder: Path, queues: Sequence[Sequence[bytes]]) -> Run:
    """The same requests to a bare app that keeps records in a table and photos, written anew, as files: durable before it is answered."""
    port, files = free_port(), folder / "kept"
    files.mkdir()
    command = ["-m", "server.bench.bare", "durable", str(port), str(folder / "kept.sqlite"), str(files)]
    with Process(command, port, folder / "kept.log") as floor:
        return (await patiently(floor, queues))[0]
