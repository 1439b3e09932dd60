"""A hall with a past worth falsifying: some devices, a few dozen records, five hours of log, an erased record, a witness."""

from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.domain.incident.ops import Report
from server.store import evidence
from server.store.contract import Unit
from sync import messages as m
from sync.notes import COSIGNATURE, Note, Vkey, cosign, read_note, vkey_of
from sync.replica import OutboxOp
from sync.units import MINUTE_MS
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import World
from tests.support.server import RunningServer, serve

START = 1_795_300_020_000
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS_KEY = vkey_of(WITNESS, "discipline.example/w1", COSIGNATURE)
LOG = f"/s/{SITE}/log"


class Past(NamedTuple):
    """What is left of a day: the database, its key, and what people kept elsewhere."""

    database: Path
    vkey: Vkey
    erased: int
    kept: str
    newest: str
    proof: str
    body: str
    receipt: str


def minute(server: RunningServer, world: World) -> None:
    """A minute passes, and the log notices."""
    world.pass_ms(MINUTE_MS)
    server.call(server.app.gate.places[SITE].log.turn)


def incident(device: Device, text: str) -> OutboxOp:
    """An incident, saved on the device."""
    place = sorted(device.replica.bodies("post") or device.pull().replica.bodies("post"))[0]
    return device.save("incident.report", Report("other", place, device.replica.time.now(), 3, text=text))


def checkpoint(device: Device) -> str:
    """The newest head."""
    return device.http.get(f"{LOG}/checkpoint").raise_for_status().text


def cosigned(note: str, time_s: int) -> str:
    """A head with the witness's line."""
    text = read_note(note).text
    return str(Note(text, (*read_note(note).signatures, cosign(text, WITNESS, WITNESS_KEY.name, time_s))))


def end_some_devices(people: Cast) -> None:
    """A phone is stolen, a person gives one back, and a screen that was disabled is confirmed anew."""
    admin, screen, second = people["管"], people["屏"], people.device("王", spare=True)
    for device, stolen in ((people.device("李", spare=True), True), (second, False), (second, False), (screen, False)):
        admin.http.delete(f"/s/{SITE}/devices/{device.replica.dev}", params={"stolen": stolen}).raise_for_status()
    people.screen()


def live_through(data: Path, minutes: int = 300) -> Past:
    """Let a hall live for a while; its database stays in `data`."""
    world = World(START)
    with serve(clock=world, data=data, log_witness_keys=(str(WITNESS_KEY),)) as server:
        people = Cast(server.base_url, world, seed=7)
        end_some_devices(people)
        saved: list[OutboxOp] = []
        kept = receipt = ""
        for i in range(minutes):
            if i % 12 == 0:
                for name in "林王李周"[: 1 + i // 12 % 4]:
                    device = people[name]
                    saved += [incident(device, f"{name} {i} {k}") for k in range(1 + i // 12 % 3)]
                    answer = device.push_once(device.replica.push())
                    device.replica.push_answered(answer)
                    receipt = receipt or msgspec.json.encode(answer).decode()
            minute(server, world)
            if i == minutes // 2:
                kept = cosigned(checkpoint(people["林"]), world.at // 1000)
                answer_to: httpx.Response = people["林"].post("log/cosignature", m.Cosign(kept))
                answer_to.raise_for_status()
        proof = people["林"].http.get(f"{LOG}/proof/{saved[0].id}").raise_for_status().text
        facts = server.app.gate.places[SITE].store.facts

        def erase(unit: Unit) -> int:
            with unit.step() as tx:
                return evidence.erase(tx, saved[4].id, "office", "request of the person named")

        erased = server.call(lambda: server.app.gate.places[SITE].store.write(erase))
        minute(server, world)
        newest = checkpoint(people["林"])
        people.close()
    return Past(data / f"{SITE}.sqlite", evidence.vkey(facts), erased, kept, newest, proof, saved[0].body, receipt)
