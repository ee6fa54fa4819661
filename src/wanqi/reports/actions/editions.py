"""Editions: the whole text kept at every step, with its tags and as it was printed."""

from __future__ import annotations

from typing import Any

from wanqi.core.access import Actor

from ..compile import Compiled
from ..drafted import template_of_draft, text_of
from ..models import Draft, Edition


def keep_edition(
    draft: Draft, compiled: Compiled, *, kind: Edition.Kind, actor: Actor, reason: str = ""
) -> Edition:
    """Keep the text of a draft as it stands; call it inside the transaction of the step."""
    return Edition.objects.create(
        draft=draft,
        number=Edition.objects.filter(draft=draft).count() + 1,
        kind=kind,
        content=content_of(draft, compiled),
        made_by=actor.user,
        made_by_name=actor.name[:60],
        reason=reason,
    )


def content_of(draft: Draft, compiled: Compiled) -> dict[str, Any]:
    """Return the text of a draft as `Edition.content` holds it."""
    rows = {
        row.code: row for row in draft.paragraphs.filter(withdrawn_at__isnull=True).select_related("office")
    }
    begun = {one.id: one for section in template_of_draft(draft).sections for one in section.paragraphs}
    sections = []
    for section in compiled.sections:
        paragraphs = []
        for one in section.paragraphs:
            row = rows.get(one.id)
            told = begun.get(one.id)
            if row is not None and row.is_written:
                text = row.text
            else:
                clauses = [clause for clause in told.clauses if clause.id in one.clauses] if told else []
                text = text_of(clauses, told.ending if told else "")
            paragraphs.append(
                {
                    "id": one.id,
                    "office": str(row.office or "") if row else "",
                    "author": row.author_name if row else "",
                    "version": row.version if row else 1,
                    "text": text,
                    "printed": one.text,
                }
            )
        sections.append({"title": section.title, "paragraphs": paragraphs})
    return {"title": compiled.title, "sections": sections}
