"""The auditor knows grammar, not the texts it is measured on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import wanqi
from tests.figures.prose.scoring import CORPUS, load, texts

SOURCE = Path(wanqi.__file__).parent
LONGEST = 16  # characters of a corpus sentence that may stand in the source by chance


def source() -> str:
    read = (path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    data = (path.read_text(encoding="utf-8") for path in (SOURCE / "figures").rglob("*.json"))
    return "\n".join([*read, *data])


def test_no_piece_of_a_labelled_sentence_stands_in_the_source() -> None:
    held = source()
    pieces = {
        sentence[at : at + LONGEST]
        for name in ("dev.json", "fresh.json")
        for group in load(CORPUS / name)
        for sentence in [group.sentence]
        for at in range(max(1, len(sentence) - LONGEST + 1))
        if re.search(r"\d", sentence[at : at + LONGEST])
    }
    assert sorted(piece for piece in pieces if piece in held) == []


def test_no_document_of_the_corpus_is_named_in_the_source() -> None:
    held = source()
    names = {group.id for name in ("dev.json", "fresh.json") for group in load(CORPUS / name)}
    dev = json.loads((CORPUS / "dev.json").read_text(encoding="utf-8"))["claims"]
    titles = {claim["doc_title"] for claim in dev} | {claim["doc_url"] for claim in dev if claim["doc_url"]}
    assert sorted(name for name in names | titles if name in held) == []
    assert sorted(name for name in texts(CORPUS / "fresh.json") if re.search(rf"\b{name}\b", held)) == []
