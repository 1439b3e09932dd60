"""Lighthouse on a phone's first visit, to the app and to the wall: at least 95 for performance, 100 for access and good practice."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.browser import chromium_path
from tests.support.hall import Hall

pytestmark = [pytest.mark.chromium, pytest.mark.alone]
FOLDER = Path(__file__).resolve().parent.parent / "lighthouse"
RUNS = 3
SCORES_MIN = {"performance": 95, "accessibility": 100, "best-practices": 100}


def test_a_first_visit_scores_well(hall: Hall) -> None:
    node = shutil.which("node", path=f"{FOLDER.parent.parent}/.tools/node/path:{os.environ['PATH']}")
    assert node is not None, "./run test prepares Node"
    command = [node, "run.mjs", chromium_path(), str(RUNS), json.dumps(SCORES_MIN), f"{hall.url}/", f"{hall.url}/display"]
    out = subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True, timeout=300).stdout
    pages = [json.loads(line) for line in out.splitlines()]
    assert len(pages) == 2
    for page in pages:
        print(f"\n  {page['url']}: {page['scores']}")
        assert all(page["scores"][name] >= least for name, least in SCORES_MIN.items()), page
