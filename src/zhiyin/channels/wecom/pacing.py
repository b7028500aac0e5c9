"""At most 30 messages a minute to one member: what is more, the platform drops."""

from __future__ import annotations

import threading
import time
from collections import deque

MOST_PER_MINUTE = 30
MINUTE_SECONDS = 60.0
MOST_REMEMBERED = 10_000


class Pace:
    """Remembers who was sent how much within the last minute."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, str], deque[float]] = {}
        self._lock = threading.Lock()

    def has_room(self, account: str, member: str) -> bool:
        """Tell whether one more may be sent now, and count it if so."""
        now = time.monotonic()
        with self._lock:
            if len(self._sent) >= MOST_REMEMBERED:
                self._forget_before(now - MINUTE_SECONDS)
            times = self._sent.setdefault((account, member), deque())
            while times and times[0] <= now - MINUTE_SECONDS:
                times.popleft()
            if len(times) >= MOST_PER_MINUTE:
                return False
            times.append(now)
            return True

    def _forget_before(self, limit: float) -> None:
        old = [who for who, times in self._sent.items() if times[-1] <= limit]
        for who in old:
            del self._sent[who]
