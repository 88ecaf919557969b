"""Has few requests worked on at once, in the order in which they came, while the others wait for their turn.

What computes at the same time takes the processor from each other all the while, so that even the first of many is
answered when nearly all of them are.
"""

from __future__ import annotations

import asyncio

# What takes longer waits for more than the processor: it is no longer counted, so that it keeps nobody waiting.
_LONGEST_SECONDS = 0.1


class Turns:
    """As many turns as may be taken at once, for the requests of one event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)

    async def take(self) -> Turn:
        """Wait for a turn and take it; the caller ends it."""
        await self._free.acquire()
        return Turn(self._free)


class Turn:
    """A turn that is taken; after a while it is over by itself."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._is_over = False
        self._clock = asyncio.get_running_loop().call_later(_LONGEST_SECONDS, self.end)

    def end(self) -> None:
        """Give it to the next one, if it is not over already."""
        if not self._is_over:
            self._is_over = True
            self._clock.cancel()
            self._free.release()
