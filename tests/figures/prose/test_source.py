"""The auditor knows grammar, not the texts it is measured on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import wanqi
from tests.figures.prose.scoring import CORPUS, load, texts

SOURCE = Path(wanqi.__file__).parent
DIGIT = re.compile(r"\d")
LONGEST = 16  # characters of a corpus sentence that may stand in the source by chance


def source() -> str:
    """The whole product, the data beside its modules included."""
    files = [path for kind in ("*.py", "*.json") for path in sorted(SOURCE.rglob(kind))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def runs(text: str) -> set[str]:
    """Every run of so many characters that holds a digit."""
    found = (text[at : at + LONGEST] for at in range(max(1, len(text) - LONGEST + 1)))
    return {run for run in found if DIGIT.search(run)}


def test_no_piece_of_a_labelled_sentence_stands_in_the_source() -> None:
    labelled = {group.sentence for name in ("dev.json", "fresh.json") for group in load(CORPUS / name)}
    pieces = set().union(*(runs(sentence) for sentence in labelled))
    held = set().union(*(runs(line) for line in source().splitlines()))
    assert sorted(pieces & held) == []


def test_no_document_of_the_corpus_is_named_in_the_source() -> None:
    held = source()
    words = set(re.findall(r"[\w-]+", held, flags=re.ASCII))
    names = {group.id for name in ("dev.json", "fresh.json") for group in load(CORPUS / name)}
    assert sorted((names | set(texts(CORPUS / "fresh.json"))) & words) == []
    dev = json.loads((CORPUS / "dev.json").read_text(encoding="utf-8"))["claims"]
    titles = {claim["doc_title"] for claim in dev} | {claim["doc_url"] for claim in dev if claim["doc_url"]}
    assert sorted(title for title in titles if title in held) == []
