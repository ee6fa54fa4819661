"""岳阳各县市区 as squares, or on boundaries that the bureau brought: one indicator, one question."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from wanqi.core.models import Attachment
from wanqi.indicators.evaluate import Figure, Period, reporting
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.figures import printed
from wanqi.indicators.models import Outline
from wanqi.packs import IndicatorSpec, Pack, PeerSet
from wanqi.web.console import figures

from .geojson import Drawing, draw, read_shapes

SIDE, GAP = 96, 4
STEPS = 4  # of the blue ramp


def drawn_set(pack: Pack) -> PeerSet | None:
    """Return the set of peers that has squares; the largest where several do."""
    return max(
        (one for one in pack.peers.values() if one.tiles), key=lambda one: len(one.tiles), default=None
    )


def of(
    request: HttpRequest, evaluation: Evaluation, period: Period, pack: Pack, *, ids: Sequence[str]
) -> dict[str, Any] | None:
    """Return the map of the indicator that `map` in the address names; None where nothing can be drawn.

    Shape: {question, unit, note, width, height, cells: [...], options, outline}; a cell has code, name, display, reason,
    href, step (0 where unknown), own, and where it stands.
    """
    among = drawn_set(pack)
    options = [evaluation.spec(id) for id in ids if evaluation.spec(id).nature in ("flow", "stock", "rate")]
    if among is None or not options:
        return None
    asked = request.GET.get("map", "")
    spec = next((one for one in options if one.id == asked), None) or _first(evaluation, options, among)
    cells = _cells(evaluation, spec, period, among)
    outlines = Outline.objects.current().select_related("file").defer("file__content")
    outline = outlines.filter(region_id=pack.region).first()
    drawing = (
        _drawing(outline.file_id, outline.file.digest, tuple(among.members.items())) if outline else None
    )
    if drawing is None:
        width, height = _on_squares(cells, among)
    else:
        width, height = _on_outline(cells, drawing)
    known = [cell for cell in cells if cell["step"]]
    return {
        "question": f"{among.title}：{spec.title}谁多谁少？",
        "title": spec.title,
        "unit": spec.unit,
        "period": period.words,
        "known": len(known),
        "all": len(cells),
        "width": width,
        "height": height,
        "cells": sorted(cells, key=lambda cell: (cell["value"] is None, -(cell["value"] or 0))),
        # The own one last: a neighbour drawn later would cover half of its border.
        "drawn": sorted((one for one in cells if "label_x" in one), key=lambda one: bool(one["own"])),
        "chosen": spec.id,
        "options": [(one.id, one.title) for one in options],
        "outline": outline,
        "is_drawn": drawing is not None,
        "kept": {name: value for name, value in request.GET.items() if name in ("period", "group")},
    }


def _outline(region: str, among: PeerSet) -> tuple[Outline | None, Drawing | None]:
    """Return the outline in use with its paths; neither where the board draws squares."""
    rows = Outline.objects.current().select_related("file").defer("file__content")
    row = rows.filter(region_id=region).first()
    if row is None:
        return None, None
    return row, _drawing(row.file_id, row.file.digest, tuple(among.members.items()))


def _first(evaluation: Evaluation, options: Sequence[IndicatorSpec], among: PeerSet) -> IndicatorSpec:
    """Return the first indicator for which some peer has ever reported anything, else the first of all."""
    others = {code for code in among.members if code != evaluation.home}
    reported = {one.indicator for one in evaluation.reported if one.peer in others}
    return next((one for one in options if one.id in reported), options[0])


def _cells(
    evaluation: Evaluation, spec: IndicatorSpec, period: Period, among: PeerSet
) -> list[dict[str, Any]]:
    own = evaluation.figure(spec.id, period)
    others = dict(reporting.peers(evaluation, spec, period, [c for c in among.tiles if c != evaluation.home]))
    cells = []
    for code in among.tiles:
        if code == evaluation.home:
            cell = _own(own, figures.address(spec.id, period))
        elif code in others:
            taken = others[code]
            scope = f"（{taken.functional}功能区）" if taken.functional else ""
            cell = {
                "value": taken.value,
                "display": printed(taken.value, None, spec.unit),
                "reason": "",
                "said": f"{taken.grade}，数据来源：{taken.source}{scope}",
                "href": reverse("observations.row", args=[taken.id]),
            }
        else:
            reason = f"没有{among.members[code]}{period.words}的数"
            cell = {"value": None, "display": "—", "reason": reason, "said": "", "href": ""}
        cells.append({**cell, "code": code, "name": among.members[code], "own": code == evaluation.home})
    _stepped(cells)
    return cells


def _own(figure: Figure, href: str) -> dict[str, Any]:
    return {
        "value": figure.value,
        "display": figure.display,
        "reason": "" if figure.known else figure.reason,
        "said": figure.grade,
        "href": href,
    }


def _stepped(cells: list[dict[str, Any]]) -> None:
    """Give every known value its step of the ramp: equal parts of the span from the smallest to the largest."""
    known: list[Fraction] = [cell["value"] for cell in cells if cell["value"] is not None]
    low, high = (min(known), max(known)) if known else (Fraction(0), Fraction(0))
    for cell in cells:
        value = cell["value"]
        if value is None:
            cell["step"] = 0
        elif high == low:
            cell["step"] = 1
        else:
            cell["step"] = 1 + min(STEPS - 1, int((value - low) * STEPS / (high - low)))


def _on_squares(cells: list[dict[str, Any]], among: PeerSet) -> tuple[int, int]:
    for cell in cells:
        row, column = among.tiles[cell["code"]]
        x, y = (column - 1) * (SIDE + GAP), (row - 1) * (SIDE + GAP)
        cell |= {"x": x, "y": y, "side": SIDE, "label_x": x + SIDE / 2, "label_y": y + SIDE / 2}
    columns = max(column for _, column in among.tiles.values())
    rows = max(row for row, _ in among.tiles.values())
    return columns * (SIDE + GAP) - GAP, rows * (SIDE + GAP) - GAP


def _on_outline(cells: list[dict[str, Any]], drawing: Drawing) -> tuple[int, int]:
    for cell in cells:
        code = cell["code"]
        if code in drawing.paths:
            x, y = drawing.centres[code]
            cell |= {"path": drawing.paths[code], "label_x": x, "label_y": y}
    return 1000, drawing.height


@lru_cache(maxsize=4)
def _drawing(file: int, digest: str, members: tuple[tuple[str, str], ...]) -> Drawing:
    """Return the paths of a kept file; its digest is the key, its id says where the bytes are."""
    content = bytes(Attachment.objects.get(pk=file).content)
    _, shapes = read_shapes(content, dict(members))
    return draw(shapes)
