"""`python -m tests.figures.corpus.build`: makes fresh.json from the marked texts beside it.

A marked text is a list of documents: a head `# id | type | title`, paragraphs without figures to weigh (`~`), paragraphs
with claim groups (`>`; `>t` for a table, rows by `;`, cells by `|`), and below each of these its groups, one a line:
relation, mark, figures in the order of ROLES. Marks: `!` materially wrong, `!slip` a last digit, `?` not to be told from
the text, `=` sound though its figures disagree, because the text explains it; none for sound. `*` before a figure
says that it is implied and not printed. What a mark claims is compared with the arithmetic.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.figures.prose.arithmetic import holds, read
from tests.figures.prose.scoring import FIXED, plain

HERE = Path(__file__).resolve().parent
SOURCES = ("fresh.txt", "held.txt")
ROLES = {
    "share": "part whole pct",
    "rate2": "a b pct",
    "growth": "new old pct",
    "growthd": "new delta pct",
    "delta": "new old delta",
    "gint": "new pct",
    "sint": "whole pct",
    "pp": "pct1 pct2 pp",
    "pacepp": "pct months pp",
    "same": "first second",
    "stockflow": "stock base flow retired",
    "stockflow4": "base flow done left",
    "subset": "part whole",
    "range": "low high",
    "cagr": "first last n pct",
    "ratio": "numerator denominator ratio",
    "ratio100": "numerator denominator ratio",
    "ratiomil": "part whole rate",
    "complement": "part whole pct",
    "doubling": "new old",
    "conv": "a factor b",
    "productk": "a b factor product",
    "gsum": "growth_a growth_b growth_total",
    "count": "listed stated",
    "product3": "a b product",
    "pull": "part part_pct whole whole_pct pp",
    "rank": "place peers",
}
LABELS = {
    "!": ("inconsistent", "material"),
    "!slip": ("inconsistent", "last-digit"),
    "?": ("cannot-tell", None),
    "=": ("consistent", None),
}
PLANNED = ("任务", "目标", "计划", "预算", "下达")


def documents(text: str) -> Iterator[dict[str, Any]]:
    """The documents of a marked text: id, type, title, paragraphs, and groups with the number of their paragraph."""
    now: dict[str, Any] | None = None
    for line in text.splitlines():
        if line.startswith("# "):
            if now:
                yield now
            name, kind, title = (part.strip() for part in line[2:].split("|", 2))
            now = {"id": name, "type": kind, "title": title, "paragraphs": [], "groups": []}
        elif line.startswith("~ ") and now:
            now["paragraphs"].append(line[2:])
        elif line.startswith(">t ") and now:
            now["paragraphs"].append(line[3:].replace("|", "\t").replace(";", "\n"))
        elif line.startswith("> ") and now:
            now["paragraphs"].append(line[2:].partition(" // ")[0])
        elif line.strip() and now:
            now["groups"].append((len(now["paragraphs"]) - 1, line))
    if now:
        yield now


def groups(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The claim groups of a document, in the shape of the corpus; raises ValueError where a mark is contradicted."""
    for number, (at, line) in enumerate(document["groups"], 1):
        stated, _, note = line.partition(" // ")
        relation, *rest = stated.split()
        label = LABELS[rest.pop(0)] if rest[0] in LABELS else ("consistent", None)
        explained = stated.split()[1] == "="
        facts = list(facts_of(relation, rest))
        printed = [
            f
            for f, fact in zip(rest, facts, strict=True)
            if not f.startswith("*") and fact["role"] not in FIXED
        ]
        sentence = passage(document["paragraphs"], at, printed)
        name = f"{document['id']}-{number:02}"
        for fact in facts:
            fact["exact"] = fact["exact"] or planned(sentence, fact)
        spans = {
            f["role"]: read(f["as_written"], exact=False if f["role"] == "ratio" else f["exact"] or None)
            for f in facts
        }
        expected, severity = label
        if relation != "rank":
            right = holds(relation, spans)
            if right == (expected != "consistent" or explained) and expected != "cannot-tell":
                raise ValueError(f"{name}: marked {stated.split()[1]}, the arithmetic says {right}: {line}")
        yield {
            "id": name, "doc_id": document["id"], "doc_title": document["title"], "doc_type": document["type"],
            "relation": relation, "facts": facts, "sentence": sentence, "expected": expected, "severity": severity,
            "note": note.strip(),
        }  # fmt: skip


def facts_of(relation: str, figures: Sequence[str]) -> Iterator[dict[str, Any]]:
    for role, written in zip(roles_of(relation, len(figures)), figures, strict=True):
        text = written.lstrip("*")
        span = read(text, exact=True if role in FIXED else None)
        yield {"role": role, "as_written": text, "exact": span.low == span.high and role != "ratio"}


def roles_of(relation: str, count: int) -> list[str]:
    if relation == "sum":
        return ["whole", *(f"part{n}" for n in range(1, count))]
    if relation == "sum100":
        return [f"p{n}" for n in range(1, count + 1)]
    if relation in ("wg", "wt"):
        pairs = [role for n in range(1, count // 2) for role in (f"part{n}", f"part{n}_pct")]
        return ["whole", "whole_pct", *pairs]
    return ROLES[relation].split()[:count]


def passage(paragraphs: Sequence[str], at: int, printed: Sequence[str]) -> str:
    """The paragraph, or the shortest run of paragraphs up to it that prints every figure."""
    for first in range(at, -1, -1):
        text = "\n".join(paragraphs[first : at + 1])
        if not missing(printed, text):
            return text
    raise ValueError(f"not printed: {missing(printed, text)} before {paragraphs[at]}")


def missing(printed: Sequence[str], text: str) -> list[str]:
    bare = text.replace(" ", "").replace(",", "")
    return [figure for figure in printed if plain(figure) not in bare]


def planned(sentence: str, fact: dict[str, Any]) -> bool:
    """A target is a number that was set, not measured."""
    if fact["role"] != "whole" or not fact["as_written"]:
        return False
    number = re.escape(plain(fact["as_written"]))
    found = re.search(rf"(?<![\d.]){number}(?![\d.])", sentence)
    before = sentence[max(0, found.start() - 6) : found.start()] if found else ""
    return any(word in before for word in PLANNED)


def main() -> int:
    """Write fresh.json; say how many documents, groups and wrong ones there are."""
    found, texts = [], {}
    for source in SOURCES:
        path = HERE / source
        if path.exists():
            for document in documents(path.read_text(encoding="utf-8")):
                texts[document["id"]] = "\n".join(document["paragraphs"])
                found += list(groups(document))
    made = {
        "schema": "audit-claims/1",
        "made": "invented documents of invented places",
        "documents": texts,
        "claims": found,
    }
    (HERE / "fresh.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    wrong = [claim for claim in found if claim["severity"] == "material"]
    slips = [claim for claim in found if claim["severity"] == "last-digit"]
    sys.stdout.write(f"{len(texts)} documents, {len(found)} groups, {len(wrong)} wrong, {len(slips)} slips\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
