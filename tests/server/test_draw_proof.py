"""Whoever reads a published draw proves offline that it was bound before its period, and to which minute of the log (CHK-02, CHK-04)."""

import base64
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from server.domain.hall.rules import add_days, day_of
from server.domain.visit.plan_ops import CommitPlan, DrawPlan, DropPlan, ReplaceVisit, RevealPlan
from server.store import evidence
from server.store.contract import Unit
from sync import messages as m
from sync.notes import read_proof, read_vkey, verify_proof
from sync.units import DAY_MS, MINUTE_MS
from tests.support.cast import PERSONAS, SITE, Cast, Device
from tests.support.clock import World
from tests.support.evidence import START, WITNESS_KEY, checkpoint, cosigned, incident
from tests.support.server import RunningServer, serve

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "zaigang_draw.py"
VECTOR = ROOT / "server/domain/visit/proof_vector.json"
SECRET = "c3" * 32
REASON = '单位搬迁，"当日"不办公'


class Told(NamedTuple):
    """What is left of an inspection: the published rows by plan, the log's key, the lead's uid and the ids of the visitors; what the lead
    was answered who asked for the draw on a version from before it.
    """

    rows: dict[str, dict[str, Any]]
    key: str
    people: list[str]
    asked: m.Result


def minutes(server: RunningServer, world: World, count: int) -> None:
    for _ in range(count):
        world.pass_ms(MINUTE_MS)
        server.tick()


def committed(sun: Device) -> str:
    """A plan for the five days from tomorrow on."""
    first = add_days(day_of(START, "Asia/Shanghai"), 1)
    units = sorted({post["unit"] for post in sun.replica.bodies("post").values()})
    plan = CommitPlan(
        title="验收检查",
        method="covert",
        checklist="ms-1",
        units=units,
        visitors=sorted(sun.replica.bodies("visitor")),
        from_day=first,
        to_day=add_days(first, 4),
        slots=["上午"],
        secret=SECRET,
    )
    result = sun.do("plan.commit", plan)
    assert (result.st, result.code) == ("applied", None)
    return result.rid


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Two plans, one kept and one given up; another record of that minute is erased, and the op that committed the second. A visit of the
    first is replaced on the second day.
    """
    world = World(START)
    with serve(clock=world, data=tmp_path_factory.mktemp("draw"), log_witness_keys=(str(WITNESS_KEY),)) as server:
        people = Cast(server.base_url, world, seed=3)
        sun, lin = people["孙"].pull(), people["林"]
        minutes(server, world, 3)
        gone = incident(lin, "named by mistake")
        lin.push()
        kept, dropped = committed(sun), committed(sun)
        assert sun.do("plan.drop", DropPlan("改期"), dropped, guard=seen(sun, dropped)).st == "applied"
        before = seen(sun, kept)
        minutes(server, world, 5)
        assert before != seen(sun, kept)
        asked = sun.do("plan.draw", DrawPlan(), kept, guard=before)
        cosign(lin, world)
        later(people, world, DAY_MS)
        missions = [mission["unit"] for rid, mission in sun.replica.bodies("mission").items() if rid.startswith(kept)]
        unit = next(one for one in missions if sun.replica.bodies("unit")[one]["category"] == "department")
        assert sun.do("plan.replace", ReplaceVisit(unit, REASON), kept, guard=seen(sun, kept)).st == "applied"
        minutes(server, world, 3)
        cosign(lin, world)
        store = server.app.gate.places[SITE].store
        of_plan = "SELECT id FROM op WHERE body LIKE '%\"plan.commit\"%' AND body LIKE ?"
        ops = server.call(lambda: store.read(lambda sql: sql.all(of_plan, (f"%{dropped}%",))))
        for op_id in [gone.id, *(op for (op,) in ops)]:
            server.call(lambda op_id=op_id: store.write(lambda unit: erase(unit, op_id)))  # type: ignore[misc]
        later(people, world, 8 * DAY_MS)
        minutes(server, world, 2)
        assert sun.do("plan.reveal", RevealPlan(), kept, guard=seen(sun, kept)).st == "applied"
        rows = {rid: dict(body) for rid, body in lin.pull().replica.bodies("plan.public").items() if rid in (kept, dropped)}
        key = str(evidence.vkey(store.facts))
        uids = [sun.uid, *sun.replica.bodies("visitor")]
        people.close()
    assert len(ops) == 1
    return Told({"kept": rows[kept], "dropped": rows[dropped]}, key, uids, asked)


def later(people: Cast, world: World, ms: int) -> None:
    """Days pass, and both sign in again."""
    world.pass_ms(ms)
    for name in ("孙", "林"):
        people[name].sign_in(PERSONAS[name])


def cosign(device: Device, world: World) -> None:
    """The witness takes the newest head."""
    device.post("log/cosignature", m.Cosign(cosigned(checkpoint(device), world.at // 1000))).raise_for_status()


def seen(sun: Device, plan: str) -> dict[str, int]:
    return {plan: sun.pull().replica.rows["plan", plan].ver}


def erase(unit: Unit, op_id: str) -> int:
    with unit.step() as tx:
        return evidence.erase(tx, op_id, "office", "request of the person named")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """The tool as a stranger runs it: another process, nothing of this project on its path."""

    def ran(said: object, *keys: str) -> tuple[int, str]:
        (tmp_path / "draw.json").write_text(json.dumps(said), encoding="utf-8")
        options = [part for key in keys for part in ("--key", key)]
        command = [sys.executable, "-I", str(TOOL), str(tmp_path / "draw.json"), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return ran


def test_a_phone_that_asks_for_the_draw_with_what_it_knew_before_is_not_told_off(told: Told) -> None:
    """CHK-04: it was drawn by itself meanwhile; phones of an older release ask for it."""
    assert (told.asked.st, told.asked.code) == ("applied", None)


@pytest.mark.parametrize("which", ["kept", "dropped"])
def test_a_stranger_proves_with_the_key_of_the_log_alone_that_the_draw_was_bound_before_its_period(
    told: Told, run: Callable[..., tuple[int, str]], which: str
) -> None:
    """CHK-04, CHK-02: also of a plan that was given up, and though its op and another record of that minute are erased (PRV-04)."""
    code, text = run(told.rows[which], told.key)
    assert (code, text.splitlines()[-1].split(":")[0]) == (0, "proven"), text
    beside = text.splitlines()[-1].partition("not of the draw, and proven by nothing: ")[2].split(", ")
    assert {"title", "method", "covered", "categories", "dropped", "struck", "revealed_at"} <= set(beside)
    code, text = run(told.rows[which], told.key, str(WITNESS_KEY))
    assert (code, text.splitlines()[0].split(":")[0]) == (0, f"cosigned by {WITNESS_KEY.name}"), text


def test_the_tool_says_which_part_is_not_proven(told: Told, run: Callable[..., tuple[int, str]]) -> None:
    """CHK-04: without a key, without the proof, without a minute."""
    said = told.rows["kept"]
    code, text = run(said)
    assert (code, "NOT PROVEN log: the proofs lead to a checkpoint" in text) == (10, True), text
    bare = {name: value for name, value in said.items() if name != "log"}
    code, text = run(bare, told.key)
    assert (code, "NOT PROVEN log: nothing here shows" in text) == (10, True), text
    code, text = run(bare | {"entry": "", "drawn": [], "replaced": [], "dropped": True, "lapsed": True}, told.key)
    assert (code, "NOT PROVEN draw:" in text) == (10, True), text


def changed(said: dict[str, Any], what: str) -> dict[str, Any]:
    """The published row with one thing changed as somebody would who wants another draw."""
    made = copy.deepcopy(said)
    log = made["log"]
    if what == "commitment":
        made["commitment"] = "00" * 32
    elif what == "nonce":
        log["nonce"] = "00" * 32
    elif what == "secret and commitment":
        made |= {"secret": "11" * 32, "commitment": "22" * 32}
    elif what == "entry":
        made["entry"] = "33" * 32
    elif what == "minute":
        log["minute"] = log["before"]
    elif what == "minute before":
        log["before"] = log["minute"]
    elif what == "root":
        log["minute"] = extra(log["minute"], lambda data: data[:8] + b"\x44" * 32)
        made["entry"] = "44" * 32
    elif what == "salt":
        log["record"] = extra(log["record"], lambda data: data[:21] + b"\x55" * 32 + data[53:])
    elif what == "time of the record":
        log["record"] = extra(log["record"], lambda data: data[:13] + (made["committed_at"] - 1).to_bytes(8, "big") + data[21:])
    elif what == "committed_at":
        made["committed_at"] -= 600_000
    elif what == "period begins earlier":
        made["from_day"] = add_days(made["from_day"], -1)
    elif what == "period begins later":
        made["from_day"] = add_days(made["inputs"]["days"][0], 1)
    elif what == "days":
        made["inputs"]["days"] = made["inputs"]["days"][1:]
    elif what == "checkpoint":
        made["log"] = json.loads(json.dumps(log).replace("zaigang/", "zaigong/"))
    return made


def extra(proof: str, change: Callable[[bytes], bytes]) -> str:
    first, line, *rest = proof.split("\n")
    data = change(base64.b64decode(line.removeprefix("extra ")))
    return "\n".join([first, f"extra {base64.b64encode(data).decode()}", *rest])


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("commitment", "commitment: the record in the log was bound to something else"),
        ("nonce", "commitment: the record in the log was bound to something else"),
        ("secret and commitment", "commitment: the record in the log was bound to something else"),
        ("entry", "entry: not the root of that minute"),
        ("minute", "entry: that minute began before"),
        ("minute before", "log: the minute before that of the draw"),
        ("root", "log: the minute of the draw is not in the tree"),
        ("salt", "log: the record is not in the tree"),
        ("time of the record", "committed_at: the log says"),
        ("committed_at", "committed_at: the log says"),
        ("period begins earlier", "period: it began on"),
        ("period begins later", "period: 2026"),
        ("days", "commitment: not the hash of these inputs"),
        ("checkpoint", "checkpoint: not signed by"),
    ],
)
def test_whatever_is_changed_of_the_proof_is_named(told: Told, run: Callable[..., tuple[int, str]], what: str, named: str) -> None:
    """CHK-04: the commitment, the minute, the period."""
    code, text = run(changed(told.rows["kept"], what), told.key)
    assert code == 40
    assert any(line.startswith(named) for line in text.splitlines()), text


def another_of_its_kind(said: dict[str, Any]) -> str:
    """A drawn unit of the same category as the one that was replaced: the draw alone would give it the same substitute."""
    categories = {unit["id"]: unit["category"] for unit in said["inputs"]["units"]}
    gone = said["replaced"][0]["unit"]
    return next(one["unit"] for one in said["drawn"] if one["unit"] != gone and categories[one["unit"]] == categories[gone])


@pytest.mark.parametrize(
    ("field", "named"),
    [("unit", "was bound to something else"), ("text", "was bound to something else"), ("at", "the log says"), ("", "not one record")],
)
def test_the_log_bears_out_which_visit_was_replaced_when_and_why(
    told: Told, run: Callable[..., tuple[int, str]], field: str, named: str
) -> None:
    """CHK-04: nobody says afterwards that it was another, for another reason, at another time, or none."""
    said = told.rows["kept"]
    code, text = run(said, told.key)
    assert (code, f"by {said['replaced'][0]['visit']['unit']}: {REASON}" in text) == (0, True), text
    other = copy.deepcopy(said)
    if field:
        other["replaced"][0][field] = {"unit": another_of_its_kind(said), "text": "别的理由", "at": said["replaced"][0]["at"] - 1}[field]
    else:
        other["replaced"] = []
    code, text = run(other, told.key)
    assert (code, named in text) == (40, True), text


def test_the_proof_is_one_any_verifier_of_the_log_reads(told: Told) -> None:
    """`zaigang_verify.py --proof` and the protocol's own reader take it as a record's proof."""
    proof = read_proof(told.rows["kept"]["log"]["record"])
    assert verify_proof(proof, read_vkey(told.key)).checkpoint.size > proof.entry
    assert proof.opening.at == told.rows["kept"]["committed_at"]


def test_what_is_published_of_the_op_tells_nobody_who_was_to_go(told: Told) -> None:
    """PRV-15, CHK-05: neither the text of the op, nor the lead's secret, nor a person; its hash cannot be tried without that secret."""
    assert told.rows
    assert told.people
    for row in told.rows.values():
        text = json.dumps(row, ensure_ascii=False) + "".join(repr(base64.b64decode(line)) for line in encoded(row["log"]))
        assert not any(word in text for word in [*told.people, SECRET, repr(bytes.fromhex(SECRET))])


def encoded(log: dict[str, Any]) -> list[str]:
    proofs = [proof for name, proof in log.items() if isinstance(proof, str) and name != "nonce"]
    return [proof.split("\n")[1].removeprefix("extra ") for proof in [*proofs, *(one["record"] for one in log.get("replaced", []))]]


def test_proofs_have_one_length(told: Told) -> None:
    """I18: how much was recorded in that minute cannot be told from the proof."""
    lengths = {len(base64.b64decode(line)) for row in told.rows.values() for line in encoded(row["log"])}
    assert lengths == {757, 40}


def test_the_vector_shared_with_the_page_holds(run: Callable[..., tuple[int, str]]) -> None:
    """CHK-04: command and page say the same (pwa/test/features/draw-proof.test.ts)."""
    vector = json.loads(VECTOR.read_text(encoding="utf-8"))
    code, text = run(vector["said"], vector["key"])
    assert (code, text.splitlines()[-1].split(":")[0]) == (0, "proven"), text
