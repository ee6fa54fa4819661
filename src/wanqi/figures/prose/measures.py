"""Equations of measures: unit pairs, area times yield, averages over days, ratios of two amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from wanqi.figures.prose import words
from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.prose.units import class_of, is_measure, size_of

_SAME_AS = re.compile(r"(?:折合|合|约合|相当于|即|折)(?:为|约|成)*$")
_GROWN = re.compile(r"播种|面积|种植|栽培|收获")
_DAYS = {"天": 1, "日": 1, "周": 7}
_SEX = re.compile(r"性别比")


def of_passage(passage: Passage) -> Iterator[Equation]:
    """The equations between the measures of a passage."""
    yield from _conversions(passage)
    yield from _yields(passage)
    yield from _averages(passage)
    yield from _means(passage)
    yield from _sex_ratio(passage)
    yield from _products(passage)


def _conversions(passage: Passage) -> Iterator[Equation]:
    """2000公顷(3万亩), 500亿斤,合2500万吨."""
    for one, other in zip(passage.figures, passage.figures[1:], strict=False):
        if one.quantity is None or other.quantity is None or one.unit == other.unit:
            continue
        if not (is_measure(one.unit) and one.kin == other.kin):
            continue
        bracket = other.mark in ("(", "（") and not words.COMPARE_HEAD.search(other.label)
        if (bracket and len(other.label) <= 4) or _SAME_AS.search(other.label):
            factor = size_of(one.unit) / size_of(other.unit)
            yield Equation(
                "conv", "A", [Reading("law", (one, other), "conv", (factor,), shown=(one.unit, other.unit))]
            )


def _yields(passage: Passage) -> Iterator[Equation]:
    """Area times yield is the harvest."""
    amounts = [one for one in passage.figures if one.sort == "amount" and one.quantity is not None]
    for yielded in amounts:
        mass, _, area = yielded.unit.partition("/")
        if class_of(mass) != "mass" or not (
            area or (yielded.role == "average" and words.YIELD.search(yielded.label))
        ):
            continue
        areas = [one for one in amounts if one.kin == "area" and one.role == "level"]
        crops = [one for one in amounts if one.kin == "mass" and one.role == "level" and one is not yielded]
        per = size_of(area) if area else _per_area(yielded.label, areas)
        if len(areas) == 1 and len(crops) == 1 and per is not None:
            factor = size_of(areas[0].unit) / per * size_of(mass) / size_of(crops[0].unit)
            yield Equation(
                "productk", "A", [Reading("law", (areas[0], yielded, crops[0]), "productk", (factor,))]
            )


def _per_area(label: str, areas: list[Figure]) -> Fraction | None:
    if "亩" in label:
        return size_of("亩")
    if "公顷" in label:
        return size_of("公顷")
    return size_of(areas[0].unit) if len(areas) == 1 and areas[0].unit in ("亩", "公顷") else None


def _averages(passage: Passage) -> Iterator[Equation]:
    """日均: the amount over the days that the passage names."""
    for mean in passage.figures:
        if (
            mean.role != "average"
            or mean.quantity is None
            or not re.search(r"日均|每天|每日|平均每天", mean.label)
        ):
            continue
        whole = next(
            (
                one
                for one in reversed(passage.figures[: mean.number])
                if one.role == "level" and one.kin == mean.kin
            ),
            None,
        )
        days = [
            one
            for one in passage.figures
            if one.sort == "duration" and one.unit in _DAYS and one.number < mean.number
        ]
        if whole is not None and len(days) == 1 and days[0].quantity is not None:
            number = days[0].value * _DAYS[days[0].unit]
            if number > 1:
                yield Equation("ratio", "A", [Reading("law", (whole, mean), "average", (number,))])


_EACH = re.compile(
    r"(场|户|人|村|校|亩|店|班|所|家|项|件|个|台|次|镇|乡)均|(?:每)(场|户|人|村|校|亩|店|班|所|家|项|件|个|台|次|镇|乡)平均|平均每(场|户|人|村|校|亩|店|班|所|家|项|件|个|台|次|镇|乡)"
)


def _means(passage: Passage) -> Iterator[Equation]:
    """开播2146场,场均4.3万元,合计9.2亿元: the mean times the number is the amount."""
    for mean in passage.figures:
        if mean.role != "average" or mean.quantity is None or not mean.kin:
            continue
        match = _EACH.search(mean.label)
        each = next((group for group in match.groups() if group), "") if match else ""
        numbers = [
            one for one in passage.figures if each and one.kin == class_of(each) and one.role == "level"
        ]
        wholes = [one for one in passage.figures if one.kin == mean.kin and one.role == "level"]
        alone = len(numbers) == 1 and len(wholes) == 1 and numbers[0] is not wholes[0]
        if alone and numbers[0].value > 0 and abs(numbers[0].number - mean.number) <= 2:
            slipped = any(
                Reading("law", (wholes[0], numbers[0], mean), "scaled", (Fraction(10) ** n,)).holds()
                for n in (-4, -3, -2, -1, 1, 2, 3, 4)
            )
            reading = Reading("law", (wholes[0], numbers[0], mean), "ratio")
            yield Equation("ratio", "A" if slipped else "B", [reading], certain=slipped)


def _sex_ratio(passage: Passage) -> Iterator[Equation]:
    for ratio in passage.figures:
        if ratio.quantity is None or not _SEX.search(ratio.label):
            continue
        before = [
            one
            for one in passage.figures[: ratio.number]
            if one.role == "level" and one.kin == class_of("人")
        ]
        men = [one for one in before if one.label.startswith("男")]
        women = [one for one in before if one.label.startswith("女")]
        if men and women:
            yield Equation("ratio100", "A", [Reading("law", (men[-1], women[-1], ratio), "ratio100")])


def _products(passage: Passage) -> Iterator[Equation]:
    """Area up 10.5 %, yield up 1.2 %, harvest up 11.9 %."""
    rates = [one for one in passage.figures if one.role == "growth" and one.sort == "percent"]
    area = [one for one in rates if re.search(r"面积|播种", one.label)]
    per = [one for one in rates if re.search(r"单产|亩产", one.label)]
    crop = [one for one in rates if re.search(r"总产|产量", one.label) and one not in per]
    if len(area) == len(per) == len(crop) == 1:
        yield Equation("gsum", "A", [Reading("law", (area[0], per[0], crop[0]), "gsum")])
