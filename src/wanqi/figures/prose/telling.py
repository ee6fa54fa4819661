"""What a finding says: the sum shown, as a question, and never an accusation."""

from __future__ import annotations

import re
from fractions import Fraction

from wanqi.figures.check import Level
from wanqi.figures.display import display
from wanqi.figures.prose.frames import Figure
from wanqi.figures.prose.laws import LAWS, box, whole_base
from wanqi.figures.prose.readings import Equation, Reading
from wanqi.figures.quantities import Quantity

_ASK = "是否有误，请核对。"
_SCALES = (("万亿", 10**12), ("亿", 10**8), ("万", 10**4), ("千", 1000))


def told(value: Fraction, like: Figure) -> str:
    """`value` in the unit and with the decimals of a printed figure."""
    quantity = like.quantity
    if quantity is None:
        return display(value)
    factor, unit = _writing(like, quantity)
    decimals = 0
    while (quantity.step / factor * 10**decimals).denominator != 1 and decimals < 8:
        decimals += 1
    return f"{display(value / factor, decimals=decimals)}{unit}"


def _writing(figure: Figure, quantity: Quantity) -> tuple[Fraction, str]:
    """The scale in which a figure is printed and its unit as printed."""
    ratio = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "百分点": Fraction(1, 100), "成": Fraction(1, 10)}
    if quantity.unit in ratio:
        return ratio[quantity.unit], "个百分点" if quantity.unit == "百分点" else quantity.unit
    text = figure.token.text
    for word, size in _SCALES:
        if re.search(rf"\d{word}", text):
            return Fraction(size), f"{word}{quantity.unit}"
    if quantity.step.numerator % 10 == 0:
        size = (
            10**8 if quantity.step % 10**4 == 0 and "亿" in text else 10**4 if quantity.value >= 10**4 else 1
        )
        return Fraction(size), f"{'万' if size == 10**4 else ''}{quantity.unit}"
    return Fraction(1), quantity.unit


def plain(figure: Figure) -> str:
    """A printed figure inside a sum: its number with scale, without hedge and counter word."""
    quantity = figure.quantity
    if quantity is None:
        return figure.token.text
    text = told(abs(quantity.value), figure)
    if quantity.unit not in ("%", "‰", "百分点", "成"):
        text = text.removesuffix(quantity.unit)
    return f"({'−'}{text})" if quantity.value < 0 else text


def arithmetic(reading: Reading) -> tuple[str, ...]:
    """The lines of calculation under a finding."""
    figures = reading.figures
    last = figures[-1]
    if reading.shape == "law":
        return (_of_law(reading),)
    if reading.shape in ("sum", "at_most"):
        return (_of_sum(reading),)
    if reading.shape == "hundred":
        shares = sum((one.value for one in figures), Fraction(0))
        return (f"{'+'.join(plain(one) for one in figures)}={told(shares, last)}，不是100%",)
    if reading.shape == "one_whole":
        pairs = zip(figures[::2], figures[1::2], strict=True)
        said = (
            f"{plain(part)}÷{plain(rate)}={told(part.value / rate.value, part)}"
            for part, rate in pairs
            if rate.value
        )
        return (f"{'，'.join(said)}，不是同一个总数",)
    if reading.shape in ("part_of_all", "of_all"):
        *items, rate = figures
        first = 0 if reading.shape == "part_of_all" else 1
        whole = sum((one.value for one in items[first:]), Fraction(0))
        share = items[0].value / whole if whole else Fraction(0)
        listed = "+".join(plain(one) for one in items[first:])
        return (f"{plain(items[0])}÷({listed})={told(share, rate)}，文中为{rate.token.text}",)
    if reading.shape == "listed_share":
        return (_of_listed(reading),)
    if reading.shape == "whole_base":
        return (_of_whole_base(reading),)
    if reading.shape == "equal":
        return (f"{figures[0].token.text}与{last.token.text}不一致",)
    return (_of_parts(reading),)


def _of_law(reading: Reading) -> str:
    law = LAWS[reading.law]
    *inputs, last = reading.figures
    constants = {
        f"c{n}": display(value) if value >= 1 else display(value, unit="%")
        for n, value in enumerate(reading.constants)
    }
    if reading.law == "pacepp" and reading.constants:
        constants["c0"] = display(reading.constants[0], unit="%", decimals=2)
    if reading.law == "conv" and reading.shown:
        return f"{inputs[0].token.text}折合{told(_face_value(reading), last)}，文中为{last.token.text}"
    said = law.written.format(*(plain(one) for one in inputs), **constants)
    return f"{said}={told(_face_value(reading), last)}，文中为{_as_said(last)}"


def _as_said(figure: Figure) -> str:
    sign = "−" if figure.value < 0 and not figure.token.text.startswith(("-", "−")) else ""
    return f"{sign}{figure.token.text}"


def _face_value(reading: Reading) -> Fraction:
    values = [value.value for value in reading.values()]
    law = LAWS[reading.law]
    *inputs, last = values
    return law.of(inputs, reading.constants) if law.guard(inputs, reading.constants) else last


def _of_sum(reading: Reading) -> str:
    *parts, last = reading.figures
    if reading.shape == "at_most" and len(parts) == 1:
        return f"{parts[0].token.text}是其中一部分，却大于{last.token.text}"
    signs = reading.signs or (1,) * len(parts)
    total = sum((sign * part.value for part, sign in zip(parts, signs, strict=True)), Fraction(0))
    said = "".join(
        f"{'+' if sign > 0 else '−'}{plain(part)}" for part, sign in zip(parts, signs, strict=True)
    ).removeprefix("+")
    word = "大于文中的" if reading.shape == "at_most" else "文中为"
    return f"{said}={told(total, last)}，{word}{last.token.text}"


def _of_listed(reading: Reading) -> str:
    *parts, whole, share = reading.figures
    total = sum((part.value for part in parts), Fraction(0))
    rate = total / whole.value if whole.value else Fraction(0)
    said = "+".join(plain(part) for part in parts)
    return f"({said})÷{plain(whole)}={told(rate, share)}，文中为{share.token.text}"


def _of_whole_base(reading: Reading) -> str:
    now, rate = reading.figures
    quantity, growth = now.quantity, rate.quantity
    if quantity is None or growth is None:
        return ""
    found = whole_base(quantity, box(growth))
    low, high = (found[1], found[0]) if found else (0, 0)
    near = [base for base in sorted({low, high}) if base > 0]
    said = [f"{base}{quantity.unit}对应{told(quantity.value / base - 1, rate)}" for base in near]
    exact = display(quantity.value / (1 + growth.value), decimals=2) if growth.value > -1 else ""
    sign = "+" if growth.value >= 0 else "−"
    return f"{plain(now)}÷(1{sign}{plain(rate).strip('(−)')})={exact}，基数不是整数（{'，'.join(said)}）"


def _of_parts(reading: Reading) -> str:
    half = (len(reading.figures) - 2) // 2
    levels, rates, last = reading.figures[:half], reading.figures[half : 2 * half], reading.figures[-1]
    whole = reading.figures[-2]
    weighted = reading.shape == "weighted"
    before = sum(
        (
            (one.value / ((1 + rate.value) if weighted else rate.value))
            for one, rate in zip(levels, rates, strict=True)
            if (rate.value > -1 if weighted else rate.value > 0)
        ),
        Fraction(0),
    )
    value = (whole.value / before - (1 if weighted else 0)) if before else Fraction(0)
    terms = "+".join(
        f"{plain(one)}÷({'1+' if weighted and rate.value >= 0 else '1' if weighted else ''}{plain(rate).strip('()')})"
        for one, rate in zip(levels, rates, strict=True)
    )
    what, verb = ("上年同期", "增长") if weighted else ("全年计划", "完成")
    said = f"各分项推算的{what}合计为{terms}={told(before, whole)}"
    return f"{said}，总数据此{verb}{told(value, last)}，文中为{_as_said(last)}"


def recomputed(reading: Reading) -> tuple[str, ...]:
    """The derived figure as the others give it, when no single digit mends the sum."""
    if reading.shape != "law":
        return ()
    last = reading.figures[-1]
    again = told(abs(_face_value(reading)), last)
    return (f"{last.token.text}→{again}",) if again != last.token.text else ()


def asked(equation: Equation, reading: Reading, lines: tuple[str, ...], level: Level) -> str:
    """The message of an error or a query."""
    said = "；".join(line for line in lines if line)
    remark = f"{equation.remark}，" if equation.remark and level == "query" else ""
    return f"{said}。{remark}{_ASK}" if remark else f"{said}。{_ASK}"
