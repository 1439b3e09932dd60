"""What checks the rest of the code: mypy, and the tests of the PWA. They run beside the other tests."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.long, pytest.mark.much]


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        pytest.param("pwa", ("npm", "run", "--silent", "test", "--", "--maxWorkers=1"), id="vitest"),
        pytest.param(".", (sys.executable, "-m", "mypy"), id="mypy"),
    ],
)
def test_it_finds_nothing_wrong(folder: str, command: Sequence[str]) -> None:
    ended = subprocess.run(command, cwd=ROOT / folder, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"})
    print(*(line for line in ended.stdout.splitlines() if "passed" in line or "no issues" in line), sep="\n")
    assert ended.returncode == 0, ended.stdout + ended.stderr
