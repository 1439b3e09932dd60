"""The evidence log in other hands: what a stranger can learn of it (I18), witnesses, erasure (PIPL), the console."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from server import console
from server.__main__ import main
from server.settings import BadSetting, Settings, check
from server.store.sqlite import Connection
from sync import merkle
from sync import messages as m
from sync.keys import b64, unb64
from sync.notes import COSIGNATURE, ED25519, Vkey, cosigned_at, read_note, read_proof, read_vkey
from sync.ops import push_bytes
from sync.replica import OutboxOp
from sync.witnessing import Keeper
from tests.server.test_rescue import export, forked, hand_in
from tests.support.cast import SITE, Cast, Device
from tests.support.clock import World
from tests.support.day import Day
from tests.support.evidence import LOG, START, WITNESS_KEY, checkpoint, cosigned, incident, minute
from tests.support.server import RunningServer, serve
from tools import zaigang_verify as verify

# --- secrecy ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo hall as it is on disk after its first start."""
    data = tmp_path_factory.mktemp("founded") / "data"
    with serve(clock=World(START), data=data):
        pass
    return data


def public_bytes(server: RunningServer, proof: Callable[[], str]) -> list[int]:
    """The lengths of all that anybody can have of a log, and of one author's proof."""
    with httpx.Client(base_url=server.base_url + LOG, trust_env=False) as stranger:
        note = stranger.get("/checkpoint")
        size = int(note.text.split("\n")[1])
        answers = [note, *(stranger.get(f"/checkpoint?from={known}") for known in range(size + 1))]
        answers += [stranger.get(f"/tile/{path}") for path in (merkle.tile_path(0, 0, size), merkle.tile_path("entries", 0, size))]
    bare = [len(answer.raise_for_status().content) for answer in answers]
    headers = [len(str(sorted((k, v) for k, v in answer.headers.items() if k != "date"))) for answer in answers]
    return [size, *bare, *headers, len(proof())]


def test_sealed_visits_change_no_size_and_no_number_in_the_log_for_anybody(founded: Path, tmp_path: Path) -> None:
    """I18, CHK-05: the same day with and without hidden records: as many entries, as long in every byte."""
    told = []
    for hidden in (False, True):
        world, data = World(START), tmp_path / f"hidden-{hidden}"
        shutil.copytree(founded, data)
        with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world, seed=3)) as cast:
            # Everybody is here in both worlds.
            day = Day(cast)
            for name in "林吴郑孙":
                cast[name].pull()
            mine = incident(cast["林"], "公开的")
            cast["林"].push()
            minute(server, world)
            visits = day.visit_acts(publish=False) if hidden else []
            acts = 0
            for act in visits:
                cast[act.who].save(act.kind, act.args, act.rid, act.guard)
                cast[act.who].push()
                acts += 1
            assert (acts > 10) is hidden
            for _ in range(5):
                minute(server, world)

            def proof(cast: Cast = cast, op_id: str = mine.id) -> str:
                return cast["林"].http.get(f"{LOG}/proof/{op_id}").raise_for_status().text

            told.append(public_bytes(server, proof))
    assert told[0] == told[1]


# --- witnesses -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world() -> World:
    return World(START)


@pytest.fixture
def witnessed(world: World) -> Iterator[RunningServer]:
    """A server of its own that knows a witness."""
    with serve(clock=world, log_witness_keys=(str(WITNESS_KEY),)) as server:
        yield server


def test_a_configured_witness_is_shown_beside_the_log_and_others_are_refused(witnessed: RunningServer, world: World) -> None:
    cast = Cast(witnessed.base_url, world)
    lin = cast["林"]
    minute(witnessed, world)
    seen = checkpoint(lin)
    for _ in range(3):
        minute(witnessed, world)
    lin.post("log/cosignature", m.Cosign(cosigned(seen, world.at // 1000))).raise_for_status()
    view = msgspec.json.decode(lin.http.get(f"{LOG}/checkpoint?from=1").content, type=m.LogView)
    note = read_note(view.cosigned)
    assert cosigned_at(note, WITNESS_KEY) == world.at // 1000
    assert note.text == read_note(seen).text
    state = msgspec.json.decode(cast["管"].http.get(f"{LOG}/state").content, type=m.LogState)
    assert state.witnesses == [m.Witnessed(WITNESS_KEY.name, 1, world.at // 1000 * 1000)]

    forged = seen.replace(seen.split("\n")[2], "A" * 43 + "=")
    other_log = seen.replace("zaigang/", "zeigang/")
    for text, problem in (
        (seen, "signature_bad"),
        (cosigned(seen, world.at // 1000 + 3600), "signature_bad"),
        (cosigned(forged, world.at // 1000), "log_diverged"),
        (cosigned(other_log, world.at // 1000), "log_diverged"),
        ("", "malformed"),
        ("x\n\n\u2014 x AAAAAAA=\n", "malformed"),
    ):
        assert lin.post("log/cosignature", m.Cosign(text)).json()["type"] == problem
    cast.close()


@pytest.mark.parametrize("text", ["x", "a+b+c", str(Vkey("a", ED25519, bytes(32)))])
def test_a_witness_key_that_is_none_keeps_the_server_from_starting(text: str) -> None:
    with pytest.raises(BadSetting, match="log_witness_keys"):
        check(Settings(log_witness_keys=(text,)))


def test_the_witness_at_the_discipline_office_cosigns_what_grows_and_refuses_a_fork(
    founded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is run: a process with a key of its own, over HTTP."""
    key = tmp_path / "w.key"
    assert main(["witness", "--key", str(key), "--new", "discipline.example/w9"]) == 0
    vkey = read_vkey(capsys.readouterr().out.strip())
    assert vkey.kind == COSIGNATURE
    assert key.stat().st_mode & 0o077 == 0
    world = real_now()
    with serve(clock=world, data=copy(founded, tmp_path / "a"), log_witness_keys=(str(vkey),)) as server:
        url = f"{server.base_url}/s/{SITE}"
        assert main(["witness", "--key", str(key), "--url", url]) == 1, "there is no checkpoint yet"
        for words in ("first head seen", "nothing new", "continues"):
            if words != "nothing new":
                minute(server, world)
            assert main(["witness", "--key", str(key), "--url", url]) == 0
            assert words in capsys.readouterr().out
        newest = httpx.get(f"{url}/log/checkpoint", trust_env=False).text
        assert cosigned_at(read_note(newest), vkey) is not None

    # The same hall with another past: as long, and longer.
    with serve(clock=world, data=copy(founded, tmp_path / "b"), log_witness_keys=(str(vkey),)) as forked:
        url = f"{forked.base_url}/s/{SITE}"
        minute(forked, world)
        assert main(["witness", "--key", str(key), "--url", url]) == 1
        assert "fewer minutes" in capsys.readouterr().err
        for _ in range(2):
            minute(forked, world)
            assert main(["witness", "--key", str(key), "--url", url]) == 1
            assert "history was rewritten" in capsys.readouterr().err
        assert "cosignature" not in httpx.get(f"{url}/log/checkpoint", trust_env=False).text
        assert cosigned_at(read_note(httpx.get(f"{url}/log/checkpoint", trust_env=False).text), vkey) is None
    (evidence,) = tmp_path.glob("w.key.diverged.zaigang-yunting-*")
    assert evidence.read_text("utf-8").count("zaigang/yunting") == 4


def real_now() -> World:
    """A world that stands still at the real time: a witness signs by the clock of its own machine."""
    return World(time.time_ns() // 1_000_000)


def copy(founded: Path, to: Path) -> Path:
    shutil.copytree(founded, to)
    return to


@pytest.mark.parametrize(
    "arguments",
    [["--key", "nowhere", "--url", "http://127.0.0.1:1/s/x"], ["--key", "nowhere"], ["--key", "k", "--new", "two words"]],
)
def test_a_witness_says_in_a_sentence_what_it_lacks(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["witness", *arguments]) == 2
    assert capsys.readouterr().err.startswith("server: ")


# --- erasure and the console -----------------------------------------------------------------------------------------


def test_an_erased_record_is_gone_and_every_proof_and_chain_goes_on_to_hold(
    tmp_path: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """PIPL §47: the text goes, the evidence that there was one stays; whoever kept text and proof can still show both."""
    data = tmp_path / "data"
    with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world)) as cast:
        lin = cast["林"]
        ops = [incident(lin, f"第{i}件") for i in range(3)]
        lin.push()
        minute(server, world)
        proof = lin.http.get(f"{LOG}/proof/{ops[1].id}").raise_for_status().text
        waiting = incident(lin, "还没入账")
        lin.push()
    command = ["log", "--data", str(data), "--hall", SITE]
    assert main([*command, "erase", "--op", waiting.id, "--reason", "x"]) == 1
    assert main([*command, "erase", "--op", ops[1].id, "--reason", "request of the person named"]) == 0
    assert main([*command, "erase", "--op", ops[1].id, "--reason", "again"]) == 1
    said = capsys.readouterr().out
    assert "its minute is not over yet" in said
    assert "erased already" in said
    with closing(Connection(data / f"{SITE}.sqlite", ())) as sql:
        left = "".join(str(body) for (body,) in sql.all("SELECT body FROM op"))
        assert ("第0件" in left, "第1件" in left) == (True, False)

    with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world)) as cast:
        minute(server, world)
        again = cast.device("林")
        assert again.http.get(f"{LOG}/proof/{ops[1].id}").status_code == 404
        assert [(r.st, r.id) for r in sent_again(server, lin, ops[1]).results] == [("applied", ops[1].id)]
    assert main([*command, "key"]) == 0
    vkey = capsys.readouterr().out.strip()
    assert verify.main([str(data / f"{SITE}.sqlite"), "--vkey", vkey]) == 0
    assert "1 erased" in capsys.readouterr().out
    (tmp_path / "p").write_text(proof, "utf-8")
    (tmp_path / "b").write_text(ops[1].body, "utf-8")
    assert verify.main(["--proof", str(tmp_path / "p"), "--body", str(tmp_path / "b"), "--vkey", vkey]) == 0
    assert read_proof(proof).opening.link.hex() == ops[1].link


def sent_again(server: RunningServer, lin: Device, op: OutboxOp) -> m.PushAnswer:
    """The same bytes once more, to the server that has erased them."""
    replica = lin.replica
    sig = b64(replica.key.sign(push_bytes(SITE, replica.dev, op.seq, bytes.fromhex(op.link))))
    push = m.Push(1, replica.dev, [op.body], sig, replica.epoch)
    answer = httpx.post(f"{server.base_url}/s/{SITE}/push", content=msgspec.json.encode(push), trust_env=False)
    return msgspec.json.decode(answer.raise_for_status().content, type=m.PushAnswer)


def test_what_a_rescue_file_brought_is_evidence_on_its_own_branch(tmp_path: Path, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """PROTOCOL §6: ops that do not continue a chain stand beside it, signed by the same key, and in the log like any other."""
    data = tmp_path / "data"
    with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world)) as cast:
        _, twin, _ = forked(cast)
        assert hand_in(cast, export(twin)).branch == 3
        minute(server, world)
        minute(server, world)
    assert main(["log", "--data", str(data), "--hall", SITE, "key"]) == 0
    vkey = capsys.readouterr().out.strip()
    database = data / f"{SITE}.sqlite"
    assert verify.main([str(database), "--vkey", vkey]) == 0
    with closing(Connection(database, ())) as sql:
        (n,) = sql.one("SELECT max(n) FROM device") or ()
        assert sql.run("UPDATE device SET dev = '00' || substr(dev, 3) WHERE n = ?", (n,)) == 1
    assert verify.main([str(database), "--vkey", vkey]) == 40
    assert "neither a device's nor a branch of one" in capsys.readouterr().out


def test_a_restored_hall_goes_on_under_another_name_and_whoever_compares_is_told(
    tmp_path: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log of the backup leads to the root it was signed with, and what came after it is missed by those who saw it."""
    data = tmp_path / "data"
    with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world)) as cast:
        keeper = Keeper(unb64(cast["林"].replica.server_key))
        incident(cast["林"], "备份前")
        cast["林"].push()
        minute(server, world)
    assert main(["backup", "--data", str(data), "--to", str(tmp_path / "safe")]) == 0
    with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world)) as cast:
        minute(server, world)
        lost = checkpoint(cast["林"])
        keeper.take(msgspec.json.decode(cast["林"].http.get(f"{LOG}/checkpoint?from=0").content, type=m.LogView))
    (backup,) = (tmp_path / "safe").glob(f"{SITE}-*.sqlite")
    assert main(["restore", str(backup), "--data", str(data)]) == 0
    with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world)) as cast:
        minute(server, world)
        minute(server, world)
        view = msgspec.json.decode(cast["林"].http.get(f"{LOG}/checkpoint?from={keeper.size}").content, type=m.LogView)
        assert keeper.take(view) == "restarted"
    capsys.readouterr()
    assert main(["log", "--data", str(data), "--hall", SITE, "key"]) == 0
    vkey = capsys.readouterr().out.strip()
    assert verify.main([str(data / f"{SITE}.sqlite"), "--vkey", vkey]) == 0
    (tmp_path / "lost").write_text(lost, "utf-8")
    assert verify.main([str(data / f"{SITE}.sqlite"), "--vkey", vkey, "--checkpoint", str(tmp_path / "lost")]) == 30


def test_an_export_can_be_taken_beside_a_running_server(tmp_path: Path, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    with serve(clock=world, data=data) as server, closing(Cast(server.base_url, world)) as cast:
        incident(cast["林"], "带走的")
        cast["林"].push()
        minute(server, world)
        assert main(["log", "--data", str(data), "--hall", SITE, "export", "--to", str(tmp_path / "out")]) == 0
        assert main(["log", "--data", str(data), "export", "--to", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().out == f"{SITE}: written to {tmp_path / 'out'}\n"
    vkey = (tmp_path / "out" / "vkey").read_text("utf-8")
    assert verify.main([str(tmp_path / "out"), "--vkey", vkey]) == 0
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_the_verifier_imports_nothing_of_this_project() -> None:
    source = Path(verify.__file__).read_text("utf-8")
    assert "from sync" not in source
    assert "from server" not in source
    done = subprocess.run([sys.executable, "-I", verify.__file__, "--help"], capture_output=True, text=True, check=True, cwd="/")
    assert "Exit codes" in done.stdout
    assert {command.name for command in console.COMMANDS} >= {"log", "witness"}
