"""Programs of ours that run beside the server, each in a process of its own: what a file brings with it can harm no other."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping

from server.processor import everywhere
from server.store.contract import StoreTrouble

LINE_BYTES_MAX = 64 * 1024


async def start(
    *arguments: str, env: Mapping[str, str] | None = None, errors: int | None = DEVNULL, limit: int = LINE_BYTES_MAX
) -> Process:
    """Python with these arguments, its input and output ours."""
    with everywhere():
        return await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdin=PIPE, stdout=PIPE, stderr=errors, env=env, limit=limit
        )


async def run(data: bytes, seconds: float, *arguments: str) -> tuple[int, bytes]:
    """How it ended and what it made of `data`. After `seconds` it is killed. Raises `StoreTrouble` when there is no process to be had."""
    try:
        child = await start(*arguments)
    except OSError as error:
        raise StoreTrouble(False, f"no process for {arguments[-1]}: {error}") from error
    made = b""
    try:
        async with asyncio.timeout(seconds):
            made, _ = await child.communicate(data)
    except TimeoutError:
        pass
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return child.returncode or 0, made
