"""What can go wrong with reports.

ReportsError
├── ReportMissing     the region's pack has no such report, or none at all
├── PeriodMismatch    the report is not written for a period of this kind
├── OriginalMissing   nothing that was sent is on file for this report and period
├── TextTooLong       a text to be checked is longer than a page takes
└── FiguresDisagree   a compiled report says figures that cannot all be true
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanqi.core.errors import WanqiError

if TYPE_CHECKING:
    from wanqi.figures import AuditFinding

    from .compile import Compiled


class ReportsError(WanqiError):
    """Root of everything this package raises on purpose."""

    code = "reports.error"


class ReportMissing(ReportsError):
    code = "reports.report-missing"
    status = 404


class PeriodMismatch(ReportsError):
    code = "reports.period-mismatch"


class OriginalMissing(ReportsError):
    code = "reports.original-missing"
    status = 404


class TextTooLong(ReportsError):
    code = "reports.text-too-long"
    status = 413

    def __init__(self, length: int, most: int) -> None:
        super().__init__(f"文字有{length:,}字，超过{most:,}字的上限，没有核对。", hint="请按章节分几次核对。")


class FiguresDisagree(ReportsError):
    """`compiled` is the report as it would have been written, with what was found in it."""

    code = "reports.figures-disagree"
    status = 409

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        checked = compiled.checked
        said = "；".join(_in_words(one, checked.text) for one in checked.of("error"))
        super().__init__(
            f"编成的材料中有数据差错，没有编成。{said}",
            hint="请核对句子中数字的台账和口径；确认无误的，在报送前核对中写明理由。",
        )


def _in_words(finding: AuditFinding, text: str) -> str:
    sums = f"算式：{'；'.join(finding.arithmetic)}。" if finding.arithmetic else ""
    return f"“{text[slice(*finding.span)].strip()}”：{finding.message}{sums}".rstrip("。")
