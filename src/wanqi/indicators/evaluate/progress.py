"""Whether a target is within reach: 正常, 预警 or 滞后, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wanqi.figures import display

from .figures import Figure
from .wording import plain

Word = Literal["正常", "预警", "滞后"]

# Behind by more than a tenth of the elapsed share is 滞后, by less 预警.
_TOLERANCE = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Progress:
    """gained: what this year added, needed: what it must add; share = gained ÷ needed."""

    word: Word
    reason: str
    gained: Fraction
    needed: Fraction

    @property
    def share(self) -> Fraction | None:
        return self.gained / self.needed if self.needed > 0 else None


def progress(
    *, actual: Figure, target: Figure, pace: Figure, year_end: Figure | None, forecast: Figure | None
) -> Progress | None:
    """Return how a figure stands to its target, None where a number is missing or only a range is known.

    For a stock (with `year_end`) the year's own gain is weighed, since what stood before proves nothing. A forecast
    decides where there is one: its whole interval below the target is 滞后, part of it 预警. Else the share
    done is compared with the share of the year that has passed.
    """
    base = Fraction(0) if year_end is None else year_end.value
    if actual.value is None or target.value is None or pace.value is None or base is None:
        return None
    gained, needed = actual.value - base, target.value - base
    if actual.value >= target.value:
        return Progress("正常", f"已达到目标{target.display}", gained, needed)
    done = _done(gained, needed, actual, pace)
    if forecast is not None and forecast.interval is not None:
        word, told = _forecast(forecast, target)
        return Progress(word, f"{told}；{done}", gained, needed)
    share = gained / needed
    late: Word = "预警" if share >= pace.value * _TOLERANCE else "滞后"
    return Progress("正常" if share >= pace.value else late, done, gained, needed)


def _done(gained: Fraction, needed: Fraction, actual: Figure, pace: Figure) -> str:
    share = display(gained / needed, unit="%")
    return (
        f"今年需新增{plain(needed, actual.unit)}，已新增{plain(gained, actual.unit)}（{share}），"
        f"序时进度{pace.display}"
    )


def _forecast(forecast: Figure, target: Figure) -> tuple[Word, str]:
    assert forecast.interval is not None
    assert target.value is not None
    low, high = forecast.interval.low, forecast.interval.high
    told = f"按当前进度年末{forecast.hedged}（区间{forecast.range}）"
    if high is not None and high < target.value:
        return "滞后", f"{told}，低于目标{target.display}"
    if low is not None and low >= target.value:
        return "正常", f"{told}，可达到目标{target.display}"
    return "预警", f"{told}，能否达到目标{target.display}尚不确定"
