"""Everything a person outside a check can ask for, and somebody who is nobody: what is answered is compared (law I18)."""

import base64
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import msgspec

from server.gateway.blobroom import BlobRoom
from server.gateway.media import Safe
from server.papers.press import Sheet
from sync.desk import RegisterInfo, RegisterList, RegisterPage
from sync.ops import Blob
from tests.simulation.hidden import Guest

TURNS = 4
"""Each register is read on one of so many mornings, and taken as a file or on paper on another."""
JPEG = "image/jpeg"


def picture(name: str) -> bytes:
    """The bytes of a photo."""
    return f"photo {name} ".encode() * 30


def blob(name: str, at: int) -> Blob:
    """How an op names it."""
    return Blob(sha256(picture(name)).hexdigest(), len(picture(name)), JPEG, at)


async def upload(guest: Guest, name: str, parts: Iterable[str] = ("thumb", "full")) -> None:
    """Send a photo by tus, its thumbnail first."""
    for part in parts:
        data = picture(name) if part == "full" else picture(name)[:40]
        given = {"sha256": sha256(picture(name)).hexdigest(), "mime": JPEG, "part": part}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items())
        headers = {"tus_resumable": "1.0.0", "zaigang_device": guest.replica.dev, "content_type": "application/offset+octet-stream"}
        await guest.ask("POST", "blobs", body=data, known=(201,), upload_length=str(len(data)), upload_metadata=metadata, **headers)


async def read_desk(guest: Guest, seed: int) -> None:
    """A part of what this person may read: registers filtered, a row of them with what lies behind it, others as files, the indices."""
    listed = msgspec.json.decode(await guest.ask("GET", "registers"), type=RegisterList)
    for number, one in enumerate(listed.registers):
        path, turn = f"register/{one.name}", (number + seed) % TURNS
        if turn == 0:
            page = msgspec.json.decode(await guest.ask("GET", path, _filter(one)), type=RegisterPage)
            for row in page.rows[:1]:
                await guest.ask("GET", f"{path}/{row.rid}")
        else:
            await guest.ask("GET", f"{path}.{('csv', 'pdf', 'csv')[turn - 1]}", known=(200, 429))
    if listed.registers:
        await guest.ask("GET", "indices", known=(200, 403))


def _filter(register: RegisterInfo) -> str:
    """A query by what the register can be filtered by: all words but the last of a choice, else the unit that is visited."""
    choices = [column for column in register.columns if column.filters and not column.sealed and len(column.choices) > 1]
    if choices:
        return f"f.{choices[0].key}={','.join(value for value, _ in choices[0].choices[:-1])}"
    return "unit=u1" if "u1" in dict(register.units) else ""


async def guess(guest: Guest, rids: Iterable[str]) -> None:
    """Somebody who knows the ids of sealed records and has their photos asks for them: nothing is there."""
    for rid in rids:
        address = f"blobs/{rid}/{sha256(picture(rid)).hexdigest()}"
        await guest.ask("GET", address, known=())
        await guest.ask("GET", address, "thumb", known=())
        await guest.ask("GET", f"paper/visit_record/{rid}.pdf", known=())
        await guest.ask("GET", f"register/results/{rid}", known=())
        await guest.ask("GET", f"log/proof/{rid}", known=())


async def read_house(guest: Guest) -> None:
    """Paths of the whole house, those of operators among them."""
    for path in ("sheets/people.csv", "log/state", "metrics"):
        await guest.ask("GET", path, known=())
    for path in ("log/checkpoint", "log/tile/0/000"):
        body = await guest.ask("GET", path, known=())
        # Hashes under fresh salts: only how much there is can tell something.
        guest.heard[-1] = f"{guest.heard[-1][:3]} {len(body)}"
    for path in ("/healthz", "/config", "/metrics"):
        answer = await guest.server.ask("GET", path, cookie=guest.cookie)
        guest.heard.append(f"{answer.status} {sorted(answer.headers.items())}\n{answer.body.decode()}")


async def knock(stranger: Guest, rids: list[str]) -> None:
    """Somebody without an account tries every door."""
    await read_house(stranger)
    await guess(stranger, rids)
    for path in ("pull", "registers", "indices", "register/findings.csv"):
        await stranger.ask("GET", path, "cur=&dev=" if path == "pull" else "", known=())


async def print_plainly(_press: Any, sheet: Sheet) -> bytes:
    """Stands for the press: what would be set, as text, but for the random code of the paper."""
    return msgspec.json.encode(msgspec.structs.replace(sheet, foot=[] if sheet.qr else sheet.foot, qr="", qr_note=""))


async def make_plainly(data: bytes, _mime: str, part: str) -> Safe:
    """Stands for the worker that writes photos anew."""
    return Safe(data if part == "full" else b"", data[:40])


class Cupboard:
    """Stands for the blob store: files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def put(self, name: str, data: bytes) -> None:
        """Keep a file."""
        self.files[name] = data

    async def get(self, name: str) -> bytes | None:
        """A file."""
        return self.files.get(name)

    async def delete(self, name: str) -> None:
        """It is there no more."""
        self.files.pop(name, None)


def hold_photos(room: BlobRoom) -> None:
    """Photos of this site are kept in memory."""
    room.store = Cupboard()  # type: ignore[assignment]
