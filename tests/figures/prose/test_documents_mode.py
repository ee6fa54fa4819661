"""Sentences of one document joined in any order bring no new error."""

from __future__ import annotations

import pytest

from tests.figures.prose.modes import document_mode
from tests.figures.prose.scoring import CORPUS, load


@pytest.mark.parametrize("corpus", ["dev.json", "fresh.json"])
def test_no_order_of_the_sentences_makes_a_new_error(corpus: str) -> None:
    found = document_mode(load(CORPUS / corpus), seeds=range(3))
    assert [(name, finding.message, finding.figures) for name, _, finding in found] == []
