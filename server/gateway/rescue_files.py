"""`POST /s/{site}/rescue/file`: one photo or sound of a rescue file, a line behind that of the ops (PROTOCOL.md, section 6).

It is an upload by another road: same limits, same verified hash, same worker. Lines come one by one, so an import that breaks off
goes on by being done again: what is here already is known by its hash.
"""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.gateway.blobroom import BlobRoom
from server.gateway.gate import Gate
from server.gateway.place import Place
from server.gateway.problems import ProblemError
from server.gateway.push import known_device
from server.gateway.rescue import MAY_IMPORT
from server.gateway.session import AnyRequest, signed_in
from server.gateway.uploads import Wanted, admit, known, sane, writing
from sync.messages import RescuedBlob, RescueFile
from sync.rescue import BadRescue, RescuedFile, open_line

LINE_BYTES_MAX = 42 * 1024 * 1024
"""A sound of 30 MB, the largest a site takes unless its settings say otherwise, as base64."""


@post("/s/{site:str}/rescue/file", status_code=200, request_max_body_size=LINE_BYTES_MAX)
async def rescue_file(
    request: AnyRequest, data: JSONBody[RescueFile], gate: NamedDependency[Gate], place: NamedDependency[Place]
) -> RescuedBlob:
    """Import one line; importing it again changes nothing."""
    await signed_in(gate, place, request, MAY_IMPORT)
    try:
        file = open_line(data, place.id, place.store.facts.rescue_key)
    except BadRescue:
        raise ProblemError("rescue_bad") from None
    device = await place.store.read(lambda sql: known_device(sql, file.dev))
    return await take(gate.rooms[place.id], device.uid, file)


async def take(room: BlobRoom, uid: str, file: RescuedFile) -> RescuedBlob:
    """Keep the file as if its person had uploaded it."""
    wanted = sane(room, Wanted(file.sha256, "full", file.mime, len(file.data)))
    told = await known(room, uid, wanted)
    if told.state == "stored":
        return RescuedBlob(file.sha256, "known")
    admit(room, uid, wanted, told)
    upload = room.parts.begin(uid, *wanted)
    with writing(room, upload):
        room.parts.append(upload, file.data)
        await room.finish(upload)
    return RescuedBlob(file.sha256, "stored")
