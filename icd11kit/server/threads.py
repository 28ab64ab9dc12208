"""Work that takes longer than a moment, away from the loop that answers.

Each kind of work has a thread of its own, or two: threads share one interpreter and one
connection a store, so that more of them answer less, each waiting for the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

T = TypeVar("T")
Lane = ThreadPoolExecutor

SHORT = ThreadPoolExecutor(1, "icd11kit-short")
"""Searches and other work of some milliseconds."""
MAPS = ThreadPoolExecutor(1, "icd11kit-maps")
"""Mappings, the first of which loads much where the crosswalk is not computed."""
LONG = ThreadPoolExecutor(2, "icd11kit-long")
"""Expansions and batches, which may last up to the time limit."""


async def run_in(lane: Lane, function: Callable[..., T], *given: object) -> T:
    """Return what a function returns that is run in a lane."""
    return await asyncio.get_running_loop().run_in_executor(lane, partial(function, *given))
