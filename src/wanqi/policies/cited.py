"""From an article as a rule cites it (第十一条（二）, 附件1（一）) to the printed text of that clause; pure.

A clause is found by its own number below those it belongs to, or by its heading (申报条件). Where the very item is not
numbered in the text, the nearest clause around it is given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MOST = 1_200  # characters of a passage; the rest is in the register
REST = "……（全文见文件库）"
_NUMERALS = "一二三四五六七八九十百零〇"
_ANNEX = re.compile(rf"附(?:件|表|录)[0-9{_NUMERALS}]*")
_PARAGRAPH = re.compile(r"第[0-9]+段")
_DIVISION = re.compile(rf"第[{_NUMERALS}]+[编章节]")
_SIBLINGS = re.compile(rf"(.*?)((?:（[{_NUMERALS}0-9]+）){{2,}})")
_BRACKETS = str.maketrans("()[]［］【】", "（）〔〕〔〕〔〕")
_IN_NUMBER = str.maketrans("（）〔〕", "〔〕〔〕")
_HEADING = 20  # characters of a heading at most


@dataclass(frozen=True)
class Printed:
    """One clause as entered: its label, its text with the label in front, and how deep it stands from 0."""

    label: str
    text: str
    depth: int = 0


@dataclass
class _Node:
    texts: list[str]
    paths: set[str] = field(default_factory=set)
    base: set[str] = field(default_factory=set)  # what the numbers of the clauses inside are appended to


def same_document(written: str) -> str:
    """Return a document's number or title as it is compared: brackets of one kind, no blanks, no remark at its end."""
    text = _plain(written).translate(_IN_NUMBER)
    return re.sub(r"(?<=.)〔[^〔〕]*〕$", "", re.sub(r"[《》“”\"]", "", text)) or text


def is_number(written: str) -> bool:
    """Return whether a document is cited by a number (文号) and not by its title."""
    return same_document(written).endswith("号")


def passage(clauses: Sequence[Printed], article: str) -> str | None:
    """Return the printed text an article cites, its items below it a line each; None where nothing is found.

    Several articles (第六条、第八条) are given one after the other; what cites another document is left out.
    """
    nodes = _nodes(clauses)
    found: list[int] = []
    for wanted in _wanted(_plain(article)):
        first, to, last = wanted.partition("至")
        start, end = _place(nodes, first), _place(nodes, last) if to else None
        places = range(start, end + 1) if start is not None and end is not None else [start]
        found += [one for one in places if one is not None and one not in found]
    texts = list(dict.fromkeys(text for place in found for text in nodes[place].texts))
    return _cut(texts) if texts else None


def _plain(text: str) -> str:
    """Return a text without blanks, its digits and brackets of one kind."""
    return re.sub(r"[\s·]", "", unicodedata.normalize("NFKC", text).translate(_BRACKETS))


def _nodes(clauses: Sequence[Printed]) -> list[_Node]:
    nodes: list[_Node] = []
    above: dict[int, _Node] = {}
    annex: _Node | None = None
    for one in clauses:
        node = _Node([one.text])
        own, heading = _part(one), _heading(one)
        if _ANNEX.fullmatch(own):
            annex, above = node, {}
        parents = [above[depth] for depth in sorted(above) if depth < one.depth]
        if annex is not None and annex is not node:
            parents.insert(0, annex)
        base = parents[-1].base if parents else {""}
        node.paths = {f"{path}{own}" for path in base if own} | ({heading} if heading else set())
        node.base = {*base, *({heading} if heading else ())} if _transparent(own) else node.paths
        for parent in parents:
            parent.texts.append(one.text)
        above = {depth: kept for depth, kept in above.items() if depth < one.depth} | {one.depth: node}
        nodes.append(node)
    return nodes


def _transparent(own: str) -> bool:
    """Return whether articles inside are cited without it: chapters, and paragraphs that have no number."""
    return not own or _DIVISION.fullmatch(own) is not None


def _part(one: Printed) -> str:
    """Return what a clause adds to a citation: 第六条, （三）, 1, 附件2; "" for a paragraph without a number."""
    label = _plain(one.label).rstrip("、.．:：")
    if _PARAGRAPH.fullmatch(label):
        annex = _ANNEX.match(_plain(one.text))
        return annex.group() if annex else ""
    return label


def _heading(one: Printed) -> str:
    text, label = _plain(one.text), _plain(one.label)
    rest = text.removeprefix(label).lstrip("、.．:：")
    short = 2 <= len(rest) <= _HEADING and not re.search(r"[。；，、]", rest)
    return rest.rstrip(":：") if short else ""


def _wanted(article: str) -> Iterator[str]:
    for part in re.split(r"[；;、]", article):
        siblings = _SIBLINGS.fullmatch(part)
        if siblings is not None and not siblings[1].endswith("）"):
            yield from (f"{siblings[1]}{one}" for one in re.findall(r"（[^）]+）", siblings[2]))
        elif part:
            yield part


def _place(nodes: Sequence[_Node], wanted: str) -> int | None:
    """Return the place of the clause that is cited, else of the nearest around it."""
    best: tuple[int, int] | None = None
    for place, node in enumerate(nodes):
        for path in node.paths:
            if (
                path
                and wanted.startswith(path)
                and _ends(path, wanted)
                and (best is None or len(path) > best[0])
            ):
                best = len(path), place
    return None if best is None else best[1]


def _ends(path: str, wanted: str) -> bool:
    """Return whether a path stops where a number stops: 附件1 is not around 附件10."""
    follows = wanted[len(path) : len(path) + 1]
    if not follows:
        return True
    if path[-1].isdigit():
        return not follows.isdigit()
    return path[-1] not in _NUMERALS or follows == "（" or follows.isdigit()


def _cut(texts: Sequence[str]) -> str:
    whole = "\n".join(texts)
    if len(whole) <= MOST:
        return whole
    kept = whole[:MOST]
    end = max(kept.rfind("\n"), kept.rfind("。") + 1, kept.rfind("；") + 1)
    return f"{kept[:end] if end > 0 else kept}{REST}"
