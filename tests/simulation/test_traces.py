"""The TypeScript twin goes through what devices of the simulation went through (I36): fresh traces of the engine as it is now."""

import logging
import os
import shutil
import subprocess
from pathlib import Path

from tests.simulation.traces import traces, write

ROOT = Path(__file__).resolve().parents[2]
FIRST, CALM, STORMY = 1_001, 3, 3


def test_the_typescript_twin_stands_where_the_python_device_stood_after_every_step(tmp_path: Path) -> None:
    """I1, I2, I8, I9, I10, I12, I14, I15, I20, I36. vitest goes through those that are checked in, too.

    The stormy ones hold storage that goes back, restored sites, left chains, damaged rows, changed rights and upgraded apps.
    """
    logging.disable(logging.CRITICAL)
    try:
        write(tmp_path / "traces.json.gz", traces(FIRST, CALM, STORMY))
    finally:
        logging.disable(logging.NOTSET)
    node = shutil.which("node", path=f"{ROOT}/.tools/node/path:{os.environ['PATH']}")
    assert node, "./run brings Node"
    done = subprocess.run(
        [node, "node_modules/vitest/vitest.mjs", "run", "test/sync/traces.test.ts"],
        cwd=ROOT / "pwa",
        env={**os.environ, "NO_COLOR": "1", "ZAIGANG_TRACES": str(tmp_path / "traces.json.gz")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{CALM + STORMY + 1} passed" in done.stdout, done.stdout
