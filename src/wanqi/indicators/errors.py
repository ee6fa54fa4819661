"""What can go wrong with indicators.

IndicatorsError
├── PeriodRefused      the text is no period
├── IndicatorMissing   the region's pack has no such indicator
└── DefinitionRefused  a definition cannot be evaluated: it needs itself
"""

from __future__ import annotations

from wanqi.core.errors import WanqiError


class IndicatorsError(WanqiError):
    """Root of everything this package raises on purpose."""

    code = "indicators.error"


class PeriodRefused(IndicatorsError):
    code = "indicators.period-refused"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{text[:40]}”不是时期。",
            hint="写成 2023、2023H1、2023Q1、2023-06、2023-06-30 或累计的 2023-01..06。",
        )


class IndicatorMissing(IndicatorsError):
    code = "indicators.indicator-missing"
    status = 404


class DefinitionRefused(IndicatorsError):
    code = "indicators.definition-refused"
