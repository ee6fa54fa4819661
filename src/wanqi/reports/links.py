"""Where a figure of a report opens: one address per indicator and period."""

from __future__ import annotations

from urllib.parse import quote

from wanqi import documents
from wanqi.documents import Link


def figure_address(period: str) -> Link:
    """Return the address of each figure of a report for a period: /figures/<id>/?period=<id>."""

    def address(figure: documents.Figure) -> str:
        return f"/figures/{quote(figure.id)}/?period={quote(period)}"

    return address
