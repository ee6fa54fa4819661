"""What can go wrong with reports.

ReportsError
├── ReportMissing     the region's pack has no such report, or none at all
├── PeriodMismatch    the report is not written for a period of this kind
└── OriginalMissing   nothing that was sent is on file for this report and period
"""

from __future__ import annotations

from wanqi.core.errors import WanqiError


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
