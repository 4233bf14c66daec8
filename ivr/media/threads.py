"""Blocking work beside the event loop. libvosk and the database drivers release the interpreter's lock."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple

Result = TypeVar("Result")
Args = TypeVarTuple("Args")


async def in_thread(executor: Executor, work: Callable[[*Args], Result], *args: *Args) -> Result:
    """The result of ``work(*args)``, run in one of the executor's threads."""
    return await asyncio.get_running_loop().run_in_executor(executor, work, *args)
