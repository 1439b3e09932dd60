"""Settings: one typed place; a bad one is refused with a sentence that names it. And the command line around them."""

import signal
import subprocess
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from server.__main__ import main
from server.settings import BadSetting, Settings, prepare_folders, read
from server.store.sqlite import FolderLock
from sync.notes import COSIGNATURE, vkey_of
from tests.support.server import serve

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_command_line_goes_before_the_environment_and_that_before_the_default(tmp_path: Path) -> None:
    environment = {"ZAIGANG_PORT": "8123", "ZAIGANG_HOST": "0.0.0.0", "OTHER": "x"}
    settings = read({"port": "8200", "host": None, "data": str(tmp_path)}, environment)
    assert (settings.port, settings.host, settings.data, settings.demo) == (8200, "0.0.0.0", tmp_path, True)
    assert read({}, {}) == Settings()
    assert read({}, {"ZAIGANG_ORIGINS": "https://a.example, https://b.example"}).origins == ("https://a.example", "https://b.example")


def test_every_setting_can_be_given_in_the_environment(tls: Path, tmp_path: Path) -> None:
    """And arrives with the type it is declared with, not as the text it was."""
    texts = dict.fromkeys((f.name for f in fields(Settings)), "1") | {
        **{name: str(tmp_path / name) for name in ("data", "uploads", "backup_folder", "dist")},
        **{"host": "hall.lan", "mode": "empty", "site": "one", "sites": "yunting, jinghu", "origins": "https://hall.example"},
        **{"database": "postgresql://u@h/d", "blob_store_url": "s3://b/f", "font_folder": str(tmp_path)},
        **{
            "tls_cert": str(tls / "cert"),
            "tls_key": str(tls / "key"),
            "log_witness_keys": str(vkey_of(Ed25519PrivateKey.generate(), "w.example", COSIGNATURE)),
        },
        **{"port": "9000", "seed": "2", "examples": "0"},
    }
    settings = read({}, {f"ZAIGANG_{name.upper()}": text for name, text in texts.items()})
    for name, hint in get_type_hints(Settings).items():
        value = getattr(settings, name)
        assert isinstance(value, get_origin(hint) if get_origin(hint) is tuple else hint), name
        assert value != getattr(Settings(), name), name
    assert settings.sites == ("yunting", "jinghu")


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
        ({"uploads": __file__}, "uploads must be a folder"),
        ({"photo_mb": "big"}, "photo_mb must be a whole number"),
        ({"audio_mb": "0"}, "audio_mb must be between"),
        ({"blob_person_mb": "-1"}, "blob_person_mb must be between"),
        ({"examples": "7"}, "examples must be 0 or 1"),
        ({"data": "/proc/x"}, "data must be a folder that can be made"),
        ({"backup_folder": "/proc/x"}, "backup_folder must be a folder that can be made"),
        ({"starts_per_minute": "0"}, "starts_per_minute must be between"),
        ({"frames_per_minute": "all"}, "frames_per_minute must be a whole number"),
        ({"origins": "https://hall.example/app"}, "origins must look like"),
        ({"origins": "https://a.example,http://b.example"}, "origins must be all https or all http"),
    ],
)
def test_a_bad_setting_is_refused_by_name(given: dict[str, Any], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadSetting, match=named):
        prepare_folders(read({"data": tmp_path} | given, {}))
    options = [f"--{k.replace('_', '-')}={v}" for k, v in ({"data": tmp_path} | given).items() if k != "mode"]
    if "mode" not in given:
        assert main(["serve", *options]) == 2
        assert capsys.readouterr().err.startswith(f"server: {named}")


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("ZAIGANG_PROT", "ZAIGANG_PROT is no setting; ZAIGANG_PORT is one"),
        ("ZAIGANG_port", "ZAIGANG_port is no setting; ZAIGANG_PORT is one"),
        ("ZAIGANG_BACKUP_FOLDERS", "ZAIGANG_BACKUP_FOLDER is one"),
        ("ZAIGANG_WXYZ", "docs/settings.md lists them"),
    ],
)
def test_a_variable_that_is_no_setting_is_named(
    variable: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt one must not pass for the default."""
    monkeypatch.setenv(variable, "9000")
    assert main(["generate", "--check"]) == 2
    assert said in capsys.readouterr().err


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key, the key of nobody, one behind a password, and a text that is none of these."""
    folder = tmp_path_factory.mktemp("tls")
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hall.example")])
    made = x509.CertificateBuilder(name, name, keys[0].public_key(), 1, datetime(2026, 1, 1), datetime(2036, 1, 1))
    (folder / "cert").write_bytes(made.sign(keys[0], hashes.SHA256()).public_bytes(Encoding.PEM))
    for file, key, kept in (("key", 0, NoEncryption()), ("other", 1, NoEncryption()), ("locked", 0, BestAvailableEncryption(b"x"))):
        (folder / file).write_bytes(keys[key].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept))
    (folder / "text").write_text("no PEM")
    return folder


@pytest.mark.parametrize(
    ("cert", "key", "named"),
    [
        ("text", "key", "tls_cert must be a certificate chain in PEM"),
        ("key", "key", "tls_cert must be a certificate chain in PEM"),
        ("cert", "text", "tls_key must be a private key in PEM"),
        ("cert", "cert", "tls_key must be a private key in PEM"),
        ("cert", "locked", "tls_key must be a private key in PEM without a password"),
        ("cert", "other", "tls_key must be the key of the certificate in tls_cert"),
        ("cert", "key", ""),
    ],
)
def test_tls_files_are_tried_before_anybody_relies_on_them(tls: Path, cert: str, key: str, named: str) -> None:
    given = {"tls_cert": tls / cert, "tls_key": tls / key}
    if named:
        with pytest.raises(BadSetting, match=f"^{named}"):
            read(given, {})
    else:
        assert read(given, {}).secure


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
            return server.app.gate.places["yunting"].epoch.encode()

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
    for option in ("--empty", *(f"--{f.name.replace('_', '-')} " for f in fields(Settings) if f.name != "mode")):
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
