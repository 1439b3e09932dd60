"""The commands at the console, as a person types them by the documentation: wrong words are answered by one sentence and change nothing."""

import shutil
import socket
from pathlib import Path

import pytest

from server import serve as serve_module
from server.__main__ import main
from server.console import address
from server.settings import Settings
from tests.support.server import serve
from tools import zaigang_verify

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data folder with both demo halls and one with a real hall, as `serve` leaves them."""
    demo, real = tmp_path_factory.mktemp("halls") / "demo", tmp_path_factory.mktemp("halls") / "real"
    with serve(data=demo), serve(data=real, mode="empty", site="laoshan"):
        pass
    return demo, real


@pytest.fixture
def demo(kept: tuple[Path, Path], tmp_path: Path) -> Path:
    """The demo halls, for this test alone."""
    return Path(shutil.copytree(kept[0], tmp_path / "demo"))


@pytest.fixture
def real(kept: tuple[Path, Path], tmp_path: Path) -> Path:
    """A real hall, for this test alone."""
    return Path(shutil.copytree(kept[1], tmp_path / "real"))


def refused(said: Said, *arguments: str) -> str:
    """The one sentence a command is refused with."""
    assert main(arguments) == 2
    line = said.readouterr().err
    assert line.startswith("server: ")
    assert line.count("\n") == 1
    return line


@pytest.mark.parametrize(
    "command", [("migrate",), ("replay",), ("reconcile", "--check"), ("log", "key"), ("backup", "--to", "x"), ("rescue", __file__)]
)
def test_a_mistyped_folder_is_named_and_stays_as_it_was(command: tuple[str, ...], tmp_path: Path, capsys: Said) -> None:
    """Only `serve`, `demo` and `restore` make a folder; the others would make halls nobody asked for."""
    away = tmp_path / "typo"
    assert "is not there" in refused(capsys, *command, "--data", str(away)) or command[0] == "rescue"
    assert not away.exists()
    away.mkdir()
    refused(capsys, *command, "--data", str(away))
    assert not list(away.glob("*.sqlite"))


def test_what_is_there_is_looked_after_whether_it_is_a_demo_or_not(demo: Path, real: Path, capsys: Said) -> None:
    for data in (demo, real):
        for command in (("migrate",), ("replay",), ("reconcile", "--check")):
            assert main([*command, "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert "laoshan: ready" in said
    assert "done" in said
    assert "laoshan: is not set up yet" in said


def test_no_command_throws_a_real_hall_away(real: Path, capsys: Said) -> None:
    """`demo --fresh` in the wrong folder: nothing recorded is ever lost."""
    before = (real / "laoshan.sqlite").read_bytes()
    assert "is no demo hall: nothing was thrown away" in refused(capsys, "demo", "--fresh", "--data", str(real))
    assert (real / "laoshan.sqlite").read_bytes() == before


def test_backups_do_not_go_where_they_would_be_served_as_halls(demo: Path, capsys: Said) -> None:
    halls = sorted(demo.glob("*.sqlite"))
    assert "data folder itself" in refused(capsys, "backup", "--to", str(demo), "--data", str(demo))
    assert sorted(demo.glob("*.sqlite")) == halls


def test_the_options_of_log_stand_before_or_behind_the_act(demo: Path, tmp_path: Path, capsys: Said) -> None:
    assert main(["log", "key", "--hall", "jinghu", "--data", str(demo)]) == 0
    key = capsys.readouterr().out
    assert key.startswith("zaigang/jinghu/")
    assert main(["log", "--hall", "jinghu", "--data", str(demo), "key"]) == 0
    assert capsys.readouterr().out == key
    assert main(["log", "export", "--hall", "jinghu", "--data", str(demo), "--to", str(tmp_path / "out")]) == 0
    assert "say which by --hall" in refused(capsys, "log", "key", "--data", str(demo))


@pytest.mark.parametrize(
    "command", [("backup", "--to", __file__), ("log", "export", "--hall", "jinghu", "--to", __file__), ("restore", __file__)]
)
def test_a_file_that_cannot_be_used_is_named(command: tuple[str, ...], demo: Path, capsys: Said) -> None:
    assert __file__ in refused(capsys, *command, "--data", str(demo))


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (("privacy", "--out", "/nowhere/p.csv"), "/nowhere/p.csv"),
        (("witness", "--key", "/nowhere/w.key", "--new", "discipline.example/w1"), "/nowhere/w.key"),
        (("witness", "--key", "/nowhere/w.key", "--new", "two words"), "new must be a name"),
        (("witness", "--key", "w", "--url", "hall.example"), "url must look like"),
        (("witness", "--key", "w", "--url", "http://hall.example/s/hall", "--every", "0"), "every must be at least a minute"),
        (("demo", "--days", "-3"), "days must be a number of days"),
    ],
)
def test_what_a_command_cannot_use_is_named(command: tuple[str, ...], named: str, tmp_path: Path, capsys: Said) -> None:
    assert named in refused(capsys, *command, *(("--data", str(tmp_path)) if command[0] == "demo" else ()))


def test_a_port_that_is_taken_is_named_before_anything_is_made(tmp_path: Path, capsys: Said) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} of 127.0.0.1 cannot be listened on" in refused(capsys, "serve", "--port", str(port), "--data", str(tmp_path))
    assert not list(tmp_path.glob("*.sqlite"))


@pytest.mark.parametrize("host", ["300.1.1.1", "192.0.2.1", "no-such-machine.invalid"])
def test_a_host_that_is_not_this_machine_is_named_as_such(host: str, tmp_path: Path, capsys: Said) -> None:
    said = refused(capsys, "serve", "--host", host, "--port", "0", "--data", str(tmp_path))
    assert f"host {host} is no address of this machine" in said
    assert "--host" in said
    assert not list(tmp_path.glob("*.sqlite"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_of_every_network_tells_an_address_others_can_use(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_module, "outward_host", lambda: "10.1.2.3")
    assert address(Settings(host=host), 8000) == "http://10.1.2.3:8000"
    assert address(Settings(host=host, origins=("https://hall.example",)), 8000) == "https://hall.example"
    assert address(Settings(host="127.0.0.1"), 8000) == "http://127.0.0.1:8000"


def test_a_machine_without_a_network_tells_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OSError

    assert serve_module.outward_host()
    monkeypatch.setattr("socket.socket.connect", unreachable)
    assert serve_module.outward_host() == socket.gethostname()


def test_days_behind_a_hall_that_is_there_already_are_told_to_be_none(demo: Path, capsys: Said) -> None:
    assert main(["demo", "--days", "3", "--data", str(demo)]) == 0
    assert "yunting: is there already, and stays as it is" in capsys.readouterr().out


def test_the_verifier_names_what_it_cannot_read(tmp_path: Path, capsys: Said) -> None:
    assert zaigang_verify.main([str(tmp_path / "gone.sqlite")]) == 20
    assert "gone.sqlite is not there" in capsys.readouterr().err
    assert zaigang_verify.main(["--receipt", __file__]) == 20
    assert "test_console.py is not the answer to a push" in capsys.readouterr().err
