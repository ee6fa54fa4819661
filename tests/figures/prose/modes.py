"""The same text written otherwise: its sentences joined and shuffled, or corrupted by a scraper."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from functools import cache

from opencc import OpenCC
from pypinyin import Style, pinyin

from tests.figures.prose.scoring import Group, matches
from wanqi.figures import AuditFinding, audit


def sentences(groups: Iterable[Group]) -> dict[str, list[str]]:
    """Document → its different sentences, in order."""
    found: dict[str, list[str]] = {}
    for group in groups:
        held = found.setdefault(group.document, [])
        if group.sentence not in held:
            held.append(group.sentence)
    return found


def document_mode(groups: Sequence[Group], *, seeds: Iterable[int]) -> list[tuple[str, str, AuditFinding]]:
    """Errors that appear only when the sentences of a document stand together, whatever their order.

    Each is given with its document and the joined text. Errors that a wrong group of the document stands behind
    are left out.
    """
    found = []
    for name, held in sentences(groups).items():
        wrong = [group for group in groups if group.document == name and group.material]
        alone = {finding.key for text in held for finding in audit(text).findings if finding.level == "error"}
        for seed in seeds:
            order = list(held)
            random.Random(f"{name} {seed}").shuffle(order)
            text = "\n".join(order)
            found += [
                (name, text, finding)
                for finding in audit(text).findings
                if finding.level == "error"
                and finding.key not in alone
                and not any(matches(finding, group) for group in wrong)
            ]
    return found


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def corrupted(text: str, *, tones: bool = True) -> str | None:
    """The text in traditional characters, each changed one followed by its reading.

    None where the way back is not exact.
    """
    traditional = _traditional().convert(text)
    if len(traditional) != len(text) or _simplified().convert(traditional) != text:
        return None
    style = Style.TONE if tones else Style.NORMAL
    return "".join(
        now if now == was else f"{now}({pinyin(was, style=style)[0][0]})"
        for was, now in zip(text, traditional, strict=True)
    )


Shown = tuple[str, str, str, tuple[str, ...], tuple[str, ...], str]


def shown(finding: AuditFinding) -> Shown:
    """What must not depend on how the text is written."""
    return (finding.level, finding.relation, finding.message, finding.arithmetic, finding.repair, finding.key)


def corrupted_mode(groups: Sequence[Group]) -> list[tuple[str, str]]:
    """(document, corrupted sentence) where the findings differ from those of the clean sentence."""
    found = []
    for name, held in sentences(groups).items():
        for sentence in held:
            clean = [shown(finding) for finding in audit(sentence).findings]
            for text in {corrupted(sentence, tones=True), corrupted(sentence, tones=False)} - {None}:
                if [shown(finding) for finding in audit(str(text)).findings] != clean:
                    found.append((name, str(text)))
    return found
