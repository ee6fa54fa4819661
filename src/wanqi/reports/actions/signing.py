"""签发: the text is fixed for good, kept as an edition and frozen with everything it is computed from."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models.functions import Now

from wanqi.core.access import Actor
from wanqi.core.errors import RowStale

from ..compile import Compiled, compose_report
from ..drafted import spec_of
from ..errors import FiguresDisagree, NotReady
from ..models import Draft, Edition
from ..readiness import readiness_of
from .editions import keep_edition
from .freezing import freeze_report
from .held import locked_draft, require_step, take_step, write


@transaction.atomic
def sign_draft(draft: Draft, *, actor: Actor, seen: int | None = None, text: str = "") -> Draft:
    """Sign a 送审稿. Nothing of its text can change afterwards; a later correction is told by a restatement.

    seen, text: the version and the digest of the words that were looked at, see `digest_of`. Raises RowStale where
    either moved on since, NotReady with what stands against it, FiguresDisagree, AccessRefused, StepRefused.
    """
    held = locked_draft(draft, seen=seen)
    require_step(held, "sign", actor=actor)
    spec = spec_of(held)
    compiled = compose_report(held.region_id, held.period, draft=held, spec=spec)
    if text and text != digest_of(compiled):
        raise RowStale(
            "您看过以后，正文或其中的数字又有变动，没有签发。", hint="请重新看过有变动的地方，再签发。"
        )
    ready = readiness_of(held, compiled)
    if ready.errors:
        raise FiguresDisagree(compiled)
    if ready.obstacles:
        raise NotReady("签发", ready.obstacles)
    keep_edition(held, compiled, kind=Edition.Kind.SIGNED, actor=actor)
    said = f"{ready.figures}处，其中未关联数据{len(ready.loose)}处，存疑{ready.queries}处"
    change = {"field": "figures", "label": "数字", "old": "—", "new": said}
    take_step(held, "sign", actor=actor, changes=[change])
    held.signed_at, held.signed_by = Now(), actor.user
    written_by = tuple(_written_by(held, compiled))
    signed = write(held, "state", "signed_at", "signed_by")
    freeze_report(signed, actor=actor, spec=spec, parts=written_by)
    return signed


def digest_of(compiled: Compiled) -> str:
    """Return the digest of a report's title, headings and words with their figures: what a reader has seen."""
    lines = [compiled.title]
    for section in compiled.sections:
        lines += [section.title, *(one.text for one in section.paragraphs)]
    return "sha256:" + hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _written_by(draft: Draft, compiled: Compiled) -> list[tuple[str, ...]]:
    """Return (heading, office, who wrote it, version) of each paragraph, for the archive."""
    rows = {
        row.code: row for row in draft.paragraphs.filter(withdrawn_at__isnull=True).select_related("office")
    }
    return [
        (section.title, str(row.office or ""), row.author_name or "模板", f"第{row.version}版")
        for section in compiled.sections
        for one in section.paragraphs
        if (row := rows.get(one.id)) is not None
    ]
