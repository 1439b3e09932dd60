"""The launcher, run in an empty copy among stand-ins for what a machine has: what it asks for, and what it takes as it is."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parent.parent / "run"


class Machine:
    """A folder with `run` alone, and a PATH whose first entry is ours; without Python, so that the launcher ends where it would install."""

    def __init__(self, root: Path) -> None:
        self.bin = root / "bin"
        self.home = root / "大厅 hall"
        self.bin.mkdir()
        self.home.mkdir()
        shutil.copy(RUN, self.home / "run")
        self.has("fc-list", "")
        self.has("id", "echo 1000")
        for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
            self.has(name, "exit 1")

    def has(self, name: str, script: str) -> None:
        """A program by the name of `name`."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, *arguments: str) -> str:
        """What the launcher says."""
        env = os.environ | {"PATH": f"{self.bin}:/usr/bin:/bin", "PYTHON": "python3"}
        ended = subprocess.run(["./run", *arguments], cwd=self.home, env=env, capture_output=True, text=True, timeout=60)
        return ended.stdout + ended.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An empty machine."""
    return Machine(tmp_path)


@pytest.mark.parametrize("left_out", [("--without-chromium", "--without-webkit"), ("--without-webkit", "-q", "--without-chromium")])
def test_whoever_leaves_both_browsers_out_is_asked_for_no_fonts(machine: Machine, left_out: tuple[str, ...]) -> None:
    """Side by side or apart."""
    said = machine.run("test", *left_out)
    assert "needs Python" in said
    assert "missing for the browser tests" not in said
    machine.has("chromium", "")
    assert "missing for the browser tests: fontconfig fonts-noto-cjk" in machine.run("test", "--without-webkit")


@pytest.mark.parametrize(
    ("version", "new"),
    [("v22.18.0", False), ("v22.9.0", False), ("v20.20.0", False), ("v22.19.0", True), ("v24.1.0", True), ("v100.0.0", True)],
)
def test_a_node_older_than_the_locked_packages_need_is_left_alone(machine: Machine, version: str, new: bool) -> None:
    """Lighthouse needs the most, 22.19."""
    machine.has("node", f"echo {version}")
    machine.has("npm", "")
    for name in ("requirements.lock", "requirements-node.lock", "pwa/package-lock.json"):
        path = machine.home / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (machine.home / ".venv/bin").mkdir(parents=True)
    (machine.home / ".venv/bin/python").symlink_to("/bin/true")
    said = machine.run("node", "check")
    assert ("installing Node" not in said) is new
