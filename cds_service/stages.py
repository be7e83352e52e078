"""How long each stage of one request took."""

from time import perf_counter


class Stages:
    """A watch that is read at the end of each stage."""

    __slots__ = ("_began", "_last", "ms")

    def __init__(self) -> None:
        self._began = self._last = perf_counter()
        self.ms: dict[str, float] = {}
        """Milliseconds by stage; those of one that runs for each order are added up."""

    def ended(self, stage: str) -> None:
        """What passed since the last stage ended belongs to this one."""
        now = perf_counter()
        self.ms[stage] = self.ms.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    @property
    def total_ms(self) -> float:
        """From the beginning to the end of the last stage."""
        return (self._last - self._began) * 1000
