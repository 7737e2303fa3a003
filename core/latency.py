"""What a latency run found, as values: for those that measure, and for those that only show it; no torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A ratio as 12 blocks show it.

    Attributes:
        middle: the median over blocks.
        low, high: the 99 % interval.
        p: the least level at which an interval leaves 1 out, two-sided; 1 = none does.
        autocorrelation: of a block's logarithm with the next one's, in [-1, 1].
    """

    middle: float
    low: float
    high: float
    p: float
    autocorrelation: float


@dataclass(frozen=True)
class EngineTime:
    """One engine of a run.

    Attributes:
        ms: median, milliseconds a pass.
        ratio: best dense / this, above 1 = faster, with its 99 % interval.
        dense: it ignores zeros.
        pruned: it ran the pruned network.
        busy: CPU time over wall time.
        error: its logits' largest difference from PyTorch's fp32 ones, over the largest of those.
        code: what really ran, the engine's own name, or `own`, `onnxruntime` or `OpenVINO` in the engine that chooses.
        p: the sign test's, two- sided, of the ratio being 1.
        autocorrelation: of the ratio's blocks.
    """

    engine: str
    dtype: str
    version: str
    dense: bool
    pruned: bool
    ms: float
    ratio: float
    ratio_low: float
    ratio_high: float
    busy: float
    error: float
    code: str
    p: float
    autocorrelation: float


@dataclass(frozen=True)
class LatencyRun:
    """A run.

    Attributes:
        times: one per engine, the pruned network's last.
        best: the name of the best dense engine.
        null_*: an engine's ratio to a copy of itself, and its 99 % interval; the engine that was best in a trial block.
        rounds: ratios measured.
        zeros: the dense network's time in the code that ran the pruned one, over the pruned one's: what the zeros
            bring, without what the engine does; None = both are one network.
        load: the machine's load average before.
        busy: CPU time over wall time in all bursts.
        left_out: engine → why it took no part.
        clock_mhz: of a GPU's multiprocessors right after the last burst; None: not known.
    """

    times: tuple[EngineTime, ...]
    best: str
    null_engine: str
    null_ratio: float
    null_low: float
    null_high: float
    rounds: int
    zeros: Interval | None
    threads: int
    batch: int
    load: float
    busy: float
    processor: str
    host: str
    left_out: dict[str, str]
    clock_mhz: int | None = None

    @property
    def disturbed(self) -> bool:
        """True when two copies of one network differed: then no ratio of this run can be trusted."""
        return not self.null_low <= 1.0 <= self.null_high

    def dense(self) -> EngineTime:
        """Return the best dense engine's time, of the dense network."""
        return next(time for time in self.times if time.engine == self.best and not time.pruned)

    def pruned(self) -> EngineTime:
        """Return the pruned network's time: in the engine that skips zeros, or else in the best dense one."""
        return next(time for time in self.times if time.pruned)

    def without_zeros(self) -> EngineTime | None:
        """Return the dense network's time in the code that ran the pruned one, if it took part."""
        engine = self.pruned().engine
        return next((time for time in self.times if time.engine == engine and not time.pruned), None)
