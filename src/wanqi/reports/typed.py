"""What people type into a paragraph, read: one line of text whose tags name figures that exist. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from wanqi.packs import IndicatorSpec, Tag, TagRefused, parse_text

PERIOD = "period"
MOST_CHARACTERS = 4000  # what one clause of a template may hold
FORM_TITLES: Mapping[str, str] = {
    "value": "数值和单位",
    "number": "只要数",
    "change": "增长或下降",
    "interval": "区间",
    "low": "区间下限",
    "high": "区间上限",
    "title": "指标名称",
    "unit": "单位",
    "rank": "名次",
    "peers": "比较范围",
    "span": "名次的时期",
}
# A form that says something only of figures of a certain kind.
_GROWTHS = ("growth_same_period", "growth_year_end", "growth_previous")
_RANKS = ("rank", "peers", "span")
_FORECASTS = ("interval", "low", "high")

_TAG = re.compile(r"\{([^{}]*)\}")
_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A tag that cannot be kept: `words` as typed, where they begin, what is wrong and what to do."""

    offset: int
    words: str
    message: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as it is kept, and what stands against keeping it; without refusals every tag can be read."""

    text: str
    refusals: tuple[Refusal, ...] = ()


def cleaned(text: str) -> str:
    """Return a text as one line of what can be printed: no line ends, no control characters, braces of one kind."""
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair
    text = text.replace("｛", "{").replace("｝", "}").replace("\u00a0", " ").replace("\u200b", "")
    text = re.sub(r"[ \t\u3000]*[\r\n\u2028\u2029\v\f]+[ \t\u3000]*", "", text)
    text = text.replace("\t", " ")
    return "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"}).strip(
        " \u3000"
    )


def read_typed(text: str, indicators: Mapping[str, IndicatorSpec]) -> Typed:
    """Return the text as it is kept: a tag may name a figure by its id, its title or an alias."""
    text = cleaned(text)
    if len(text) > MOST_CHARACTERS:
        said = f"一段有{len(text):,}字，超过{MOST_CHARACTERS:,}字的上限。请分成几段。"
        return Typed(text, (Refusal(MOST_CHARACTERS, "", said),))
    by_name = dict(_names(indicators.values()))
    refusals: list[Refusal] = []
    pieces: list[str] = []
    end = 0
    for found in _TAG.finditer(text):
        pieces.append(text[end : found.start()])
        end = found.end()
        tag = _tag(found[1], indicators, by_name)
        if isinstance(tag, str):
            refusals.append(Refusal(found.start(), found[0][:80], tag))
            pieces.append(found[0])
        else:
            pieces.append(written(tag))
    pieces.append(text[end:])
    kept = "".join(pieces)
    if not refusals:
        refusals += _unreadable(kept)
    return Typed(kept, tuple(refusals))


def _unreadable(text: str) -> Iterator[Refusal]:
    try:
        parse_text(text)
    except TagRefused as error:
        words = text[error.offset : error.offset + 20]
        yield Refusal(error.offset, words, f"“{words}”：{error}花括号只用来写数字标签。")


def written(tag: Tag) -> str:
    """Return a tag as a text holds it."""
    return f"{{{tag.figure}}}" if tag.form == "value" else f"{{{tag.figure}:{tag.form}}}"


def _names(specs: Iterable[IndicatorSpec]) -> Iterator[tuple[str, str]]:
    for spec in specs:
        for name in (*getattr(spec, "aliases", ()), spec.title):
            yield name, spec.id


def _tag(inside: str, indicators: Mapping[str, IndicatorSpec], by_name: Mapping[str, str]) -> Tag | str:
    """Return the tag that was meant, or what is wrong with it in one sentence."""
    name, _, form = (part.strip() for part in inside.replace("：", ":").partition(":"))
    form = next((id for id, title in FORM_TITLES.items() if form == title), form) or "value"
    if name == PERIOD or name == "时期":
        return Tag(PERIOD) if form == "value" else f"“{{{inside}}}”：时期没有别的形式，请写 {{period}}。"
    figure = name if name in indicators else by_name.get(name, "")
    if not figure:
        return f"没有指标“{name or inside}”。{_meant(name, indicators, by_name)}"
    refused = _form_refused(form, indicators[figure])
    return refused or Tag(figure, form)  # type: ignore[arg-type]  # one of FORM_TITLES by now


def _meant(name: str, indicators: Mapping[str, IndicatorSpec], by_name: Mapping[str, str]) -> str:
    known = [*indicators, *by_name]
    near = get_close_matches(name, known, n=1, cutoff=0.6) if name else []
    near = near or [one for one in by_name if name and name in one][:1]
    return f"是不是“{near[0]}”？" if near else "请用“插入数字”查找。"


def _form_refused(form: str, spec: IndicatorSpec) -> str:
    if form not in FORM_TITLES:
        return f"“{spec.title}”没有形式“{form}”。可用：{'、'.join(FORM_TITLES.values())}。"
    if form == "change" and spec.operator not in _GROWTHS:
        return f"“{spec.title}”不是增长率，不能写成“{FORM_TITLES[form]}”；请换一种形式，或插入它的同比、较上年末指标。"
    if form in _RANKS and spec.operator != "rank":
        return f"“{spec.title}”不是名次，不能写成“{FORM_TITLES[form]}”；请换一种形式，或插入它的名次指标。"
    return ""


def forms_of(spec: IndicatorSpec) -> tuple[str, ...]:
    """Return the forms in which a figure can be printed."""
    ranged = spec.operator == "forecast"
    return tuple(
        form for form in FORM_TITLES if not _form_refused(form, spec) and (form not in _FORECASTS or ranged)
    )


def sentences(text: str) -> Iterator[str]:
    """Yield the parts of a paragraph, each with the mark that ends it: 。；or the paragraph's end."""
    start = 0
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if not depth and char in "。；！？":
            yield text[start : at + 1]
            start = at + 1
    if start < len(text):
        yield text[start:]
