"""Threads for libraries that block: few, and none that a program has to wait for at its end."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


class Threads:
    """Runs work in at most so many threads; what has no thread yet waits for one.

    Not the pool of the standard library, whose threads are waited for when the program ends,
    however long a server lets them hang.
    """

    def __init__(self, name: str, at_most: int) -> None:
        self._name = name
        self._at_most = at_most
        self._started = 0
        self._waiting: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]]
        self._waiting = queue.SimpleQueue()
        self._lock = threading.Lock()

    async def run(self, work: Callable[[], Result], timeout_s: float) -> Result:
        """Give what the work gives. Raises TimeoutError; work that has begun goes on all the same.

        What the work raises is raised.
        """
        future: Future[Result] = Future()
        self._waiting.put((future, work))
        self._start_one()
        async with asyncio.timeout(timeout_s):
            return await asyncio.wrap_future(future)

    def _start_one(self) -> None:
        with self._lock:
            if self._started == self._at_most:
                return
            self._started += 1
            name = f"{self._name}-{self._started}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while True:
            future, work = self._waiting.get()
            # Else it is of somebody who does not wait any more.
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it
                future.set_exception(error)
