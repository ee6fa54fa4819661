"""`plan.json`: what every bit and column of the answers means, and the digests they stand on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from wanqi.rules.backends.answers import SCORE_PLACES, WORD, mask_names
from wanqi.rules.plan import Compiled, Part, Plan


def description(plan: Plan, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return the contents of plan.json. titles: programme id → its title."""
    programmes = [_programme(one, titles.get(one.id)) for one in plan.programmes]
    told: dict[str, Any] = {
        "region": plan.region,
        "on": plan.on.isoformat(),
        "kind": plan.kind,
        "verdicts": {"0": "unmet", "1": "unknown", "2": "met"},
        "masks": {"word_bits": WORD, "signed": True, "bit": "leaf i: word i // 64, bit i % 64"},
        "score_places": SCORE_PLACES,
        "amount_unit": "fen",
        "inputs": [one.name for one in plan.inputs],
        "programmes": programmes,
    }
    return {**told, "digest": digest(plan)}


def digest(plan: Plan) -> str:
    """Return the digest of everything that decides the answers: inputs, nodes and where the answers stand."""
    decides = (plan.region, plan.on, plan.kind, plan.inputs, plan.stages)
    placed = [
        (one.id, one.version, one.digest, one.verdict, one.leaves, one.score, one.amount)
        for one in plan.programmes
    ]
    return "sha256:" + sha256(repr((decides, placed)).encode()).hexdigest()


def _programme(programme: Compiled, title: str | None) -> dict[str, Any]:
    parts = {} if programme.conditions is None else {part.id: part for part in programme.conditions.walk()}
    told: dict[str, Any] = {
        "id": programme.id,
        "title": title,
        "version": programme.version,
        "digest": programme.digest,
        "verdict": f"{programme.id}.verdict",
        "unmet": mask_names(programme, "unmet"),
        "unknown": mask_names(programme, "unknown"),
        "score": [f"{programme.id}.score_lo", f"{programme.id}.score_hi"] if programme.score else None,
        "amount": [f"{programme.id}.amount_lo", f"{programme.id}.amount_hi"] if programme.amount else None,
        "leaves": [_leaf(bit, id, parts.get(id)) for bit, (id, _) in enumerate(programme.leaves)],
    }
    return told


def _leaf(bit: int, id: str, part: Part | None) -> dict[str, Any]:
    told: dict[str, Any] = {"bit": bit, "id": id}
    if part is not None:
        told |= {"title": part.title, "article": part.article, "tag": part.tag}
    return told


def as_text(told: Mapping[str, Any]) -> str:
    """Return the file's text: the same plan gives the same bytes."""
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
