"""Google's per-minute quotas of the Sheets API, counted over any sixty seconds with the clock that was given."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fake_sheets.refusals import quota_exceeded

MINUTE = 60.0


@dataclass(slots=True)
class Quota:
    """Reads and writes are counted apart, per user and per project; what is refused does not count."""

    clock: Callable[[], float]
    per_user: int = 60
    per_project: int = 300
    enforced: bool = True
    _used: defaultdict[tuple[str, str], deque[float]] = field(
        default_factory=lambda: defaultdict[tuple[str, str], deque[float]](deque)
    )

    def spend(self, kind: str, user: str, project: str) -> None:
        """Count one call of `kind` (Read or Write); raises the 429."""
        if not self.enforced:
            return
        limits = ((user, self.per_user, True), (project, self.per_project, False))
        for who, limit, per_user in limits:
            if len(self._recent(kind, who)) >= limit:
                raise quota_exceeded(kind, per_user, limit, project)
        for who, _, _ in limits:
            self._used[kind, who].append(self.clock())

    def used(self, kind: str, who: str) -> int:
        return len(self._recent(kind, who))

    def _recent(self, kind: str, who: str) -> deque[float]:
        used, limit = self._used[kind, who], self.clock() - MINUTE
        while used and used[0] <= limit:
            used.popleft()
        return used
