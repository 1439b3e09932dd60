"""The draw checker as a module: it is one file that imports nothing of this project."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

TOOL = Path(__file__).resolve().parents[2] / "tools/zaigang_draw.py"


@cache
def tool() -> Any:
    """`tools/zaigang_draw.py`."""
    spec = importlib.util.spec_from_file_location("zaigang_draw", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
