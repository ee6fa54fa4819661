"""reports/<id>/original.yaml: every figure of the report that was really sent, to be compared with the records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from wanqi.packs.specs.base import IndicatorId, Period, Slug, Spec, Text, Title, Version


class OriginalClaim(Spec):
    """One figure as written. figure: the indicator that answers it; None where no records are kept of it yet.

    kind: `heading` for what is no figure of the bureau's work: a span of years, a list's length, a policy's range.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2,3}$")]
    written: Title
    subject: Title
    kind: Literal[
        "count", "stock", "flow", "growth", "ratio", "share", "rank", "target", "forecast", "heading"
    ]
    value: Title
    unit: Title | None = None
    bound: Literal["=", ">", "<", "~"] = "="
    figure: IndicatorId | None = None
    reason: Text | None = None


class OriginalReport(Spec):
    """id: the report; document: the text that was sent; period: what it reports on."""

    id: Slug
    version: Version
    document: Slug
    period: Period
    claims: tuple[OriginalClaim, ...]
