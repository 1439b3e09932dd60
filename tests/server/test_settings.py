"""Settings: one typed place; a bad one is refused with a sentence that names it. And the command line around them."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.__main__ import main
from server.settings import BadSetting, Settings, read
from server.store.sqlite import FolderLock
from tests.support.server import serve

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_command_line_goes_before_the_environment_and_that_before_the_default(tmp_path: Path) -> None:
    environment = {"ZAIGANG_PORT": "8123", "ZAIGANG_HOST": "0.0.0.0", "OTHER": "x"}
    settings = read({"port": "8200", "host": None, "data": str(tmp_path)}, environment)
    assert (settings.port, settings.host, settings.data, settings.demo) == (8200, "0.0.0.0", tmp_path, True)
    assert read({}, {}) == Settings()
    assert read({}, {"ZAIGANG_ORIGINS": "https://a.example, https://b.example"}).origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"port": "http"}, "port must be a whole number"),
        ({"port": "70000"}, "port must be between"),
        ({"host": "no host!"}, "host must be"),
        ({"host": ""}, "host must be"),
        ({"mode": "production"}, "mode must be one of demo, empty"),
        ({"site": "../etc"}, "site must be"),
        ({"seed": "x"}, "seed must be a whole number"),
        ({"data": __file__}, "data must be a folder"),
        ({"data": ""}, "data must name a path"),
        ({"tls_cert": __file__}, "tls_key is missing"),
        ({"tls_key": __file__}, "tls_cert is missing"),
        ({"tls_cert": "/nowhere", "tls_key": __file__}, "tls_cert must be a readable file"),
        ({"origins": "hall.example"}, "origins must look like"),
        ({"blob_store_url": "ftp://files"}, "blob_store_url must look like"),
        ({"photo_mb": "big"}, "photo_mb must be a whole number"),
        ({"audio_mb": "0"}, "audio_mb must be between"),
        ({"blob_person_mb": "-1"}, "blob_person_mb must be between"),
        ({"starts_per_minute": "0"}, "starts_per_minute must be between"),
        ({"frames_per_minute": "all"}, "frames_per_minute must be a whole number"),
        ({"origins": "https://hall.example/app"}, "origins must look like"),
        ({"origins": "https://a.example,http://b.example"}, "origins must be all https or all http"),
    ],
)
def test_a_bad_setting_is_refused_by_name(given: dict[str, Any], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadSetting, match=named):
        read(given, {})
    options = [f"--{k.replace('_', '-')}={v}" for k, v in given.items() if k != "mode"]
    if options:
        assert main(["serve", *options]) == 2
        assert capsys.readouterr().err.startswith(f"server: {named}")


def test_who_can_reach_the_server_and_how_follows_from_the_settings() -> None:
    for host, loopback in (("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("hall.lan", False)):
        assert Settings(host=host).loopback is loopback
    assert not Settings().secure
    assert Settings(origins=("https://hall.example",)).secure


def test_a_second_server_on_the_same_folder_is_told_why_it_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = FolderLock(tmp_path)
    assert main(["serve", "--port=0", f"--data={tmp_path}"]) == 2
    assert "another process is using the data folder" in capsys.readouterr().err
    lock.close()


def test_demo_halls_are_made_once_and_anew_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def epoch() -> bytes:
        with serve(data=tmp_path, dist=tmp_path) as server:
            return server.app.desk.places["yunting"].epoch.encode()

    assert main(["demo", f"--data={tmp_path}"]) == 0
    assert "yunting: ready" in capsys.readouterr().out
    first = epoch()
    assert main(["demo", f"--data={tmp_path}"]) == 0
    assert epoch() == first
    assert main(["demo", "--fresh", f"--data={tmp_path}"]) == 0
    assert epoch() != first


def test_help_tells_every_command_and_every_setting_of_serve(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    for option in ("--host", "--port", "--data", "--empty", "--tls-cert", "--tls-key", "--origins", "--seed"):
        assert option in told
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = capsys.readouterr().out
    for command in ("serve", "migrate", "demo", "generate", "bench", "locales"):
        assert command in commands


def test_serve_prints_one_screen_with_the_address_the_people_and_the_display(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server", "serve", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if "password" in line:
                break
        process.terminate()
        assert process.wait(20) == -signal.SIGTERM
    screen = "\n".join(lines)
    assert len(lines) <= 40
    for part in ("http://127.0.0.1:", "/display", str(tmp_path), "云汀", "inspector", "shopper", "zaigang-demo"):
        assert part in screen, screen


def test_an_empty_start_prints_its_code_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server", "serve", "--empty", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        code = next(line for line in process.stdout if "first-run administrator code" in line).split()[-1]
        process.terminate()
        process.wait(20)
    assert len(code) == 10
