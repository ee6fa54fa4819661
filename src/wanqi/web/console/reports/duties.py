"""What reports wait for from one person: to write, to write again, to bring together, to send up, to sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from wanqi.core.access import Actor
from wanqi.reports.models import Draft, DraftParagraph, DraftPart, Remark


def duties_of(actor: Actor) -> Iterator[dict[str, Any]]:
    """Yield {title, icon, count, href} for what is this person's to do now."""
    if actor.can("report", "correct"):
        own = DraftPart.objects.visible_to(actor, to="correct").filter(draft__withdrawn_at__isnull=True)
        asked = own.filter(
            Exists(_standing())
        )  # an office whose paragraphs were all taken out has none to write
        begun = asked.filter(state=DraftPart.State.DRAFTING, draft__state=Draft.State.DRAFTING)
        yield from _duty("材料待我起草", "pencil", _of(begun), "reports.write")
        back = own.filter(state=DraftPart.State.SENT_BACK, draft__state=Draft.State.COMPILING)
        yield from _duty("材料已退回，待修改", "arrow-back-up", _of(back), "reports.write")
        said = Remark.objects.filter(
            resolved_at__isnull=True, withdrawn_at__isnull=True, office__in=actor.offices()
        ).exclude(draft__state=Draft.State.SIGNED)
        yield from _duty("材料有批注待处理", "messages", _of(said), "reports.draft")
    if actor.can("report", "compile"):
        mine = Draft.objects.visible_to(actor, to="compile").current()
        parts = DraftPart.objects.filter(draft=OuterRef("pk"))
        ready = mine.filter(Exists(parts), state=Draft.State.DRAFTING).exclude(
            Exists(
                parts.filter(
                    Exists(_standing()), state__in=(DraftPart.State.DRAFTING, DraftPart.State.SENT_BACK)
                )
            )
        )
        yield from _duty("材料各股室已完成，待汇总", "list-details", _ids(ready), "reports.draft")
        yield from _duty(
            "材料待送审", "send", _ids(mine.filter(state=Draft.State.COMPILING)), "reports.draft"
        )
    if actor.can("report", "sign"):
        up = Draft.objects.visible_to(actor, to="sign").current().filter(state=Draft.State.REVIEW)
        yield from _duty("材料待签发", "checks", _ids(up), "reports.draft")


def _standing() -> Any:
    """Return the paragraphs of a part's office that stand in its draft."""
    return DraftParagraph.objects.filter(
        draft=OuterRef("draft"), office=OuterRef("office"), withdrawn_at__isnull=True
    )


def _of(rows: Any) -> list[int]:
    return list(rows.order_by("draft_id").values_list("draft_id", flat=True).distinct())


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _duty(title: str, icon: str, drafts: list[int], page: str) -> Iterator[dict[str, Any]]:
    """Yield the line of some drafts: one opens, several are listed."""
    if drafts:
        href = reverse(page, args=[drafts[0]]) if len(drafts) == 1 else reverse("reports")
        yield {"title": title, "icon": icon, "count": f"{len(drafts)} 份", "href": href}
