"""Requests that last too long are cancelled."""

from __future__ import annotations

import asyncio

Task = asyncio.Task[object]


class Deadlines:
    """Cancels tasks that run longer than some seconds.

    One look at all of them each second costs a request a tenth of what a timer of its own would.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._every = min(1.0, seconds / 4)
        self._begun: dict[Task, float] = {}
        self._late: set[Task] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> Task:
        """Return the running task, whose time begins now."""
        task = asyncio.current_task()
        assert task is not None
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.call_later(self._every, self._look)
        self._begun[task] = self._loop.time()
        return task

    def end(self, task: Task) -> None:
        """Forget a task that is done."""
        self._begun.pop(task, None)

    def forgive(self, task: Task) -> bool:
        """Return whether a task was cancelled here; one that was may go on and say so."""
        if task not in self._late:
            return False
        self._late.discard(task)
        task.uncancel()
        return True

    def _look(self) -> None:
        assert self._loop is not None
        latest = self._loop.time() - self._seconds
        for task in [task for task, begun in self._begun.items() if begun <= latest]:
            del self._begun[task]
            self._late.add(task)
            task.cancel()
        if self._begun:
            self._loop.call_later(self._every, self._look)
        else:
            self._loop = None
