"""The printed text of the clause a condition cites, from the documents that were entered."""

from __future__ import annotations

from collections.abc import Callable

from wanqi.packs import Pack

from .models import Clause, Document

Labelled = dict[str, str]
_BLANK = str.maketrans("", "", " 　·《》")


def passages(region: str, pack: Pack) -> Callable[[str, str], str | None]:
    """Return what finds a clause by document number and article; None where it has not been entered.

    A clause answers to the article it is labelled with, or to one inside it (第十一条 to 第十一条（二）). Documents of
    the register come before those of the packs; all that the region's programmes cite are read at once, when first
    asked for.
    """
    known: dict[str, Labelled] | None = None

    def find(document: str, article: str) -> str | None:
        nonlocal known
        if not document or not article:
            return None
        if known is None:
            known = _of_register(region, _cited(pack))
        clauses = known.get(document) or _of_packs(pack, document)
        return _nearest(clauses, article.translate(_BLANK))

    return find


def _cited(pack: Pack) -> set[str]:
    return {version.document for file in pack.programme_files.values() for version in file.versions}


def _of_register(region: str, numbers: set[str]) -> dict[str, Labelled]:
    rows = Clause.objects.filter(
        document__region_id=region,
        document__number__in=numbers,
        document__withdrawn_at__isnull=True,
        document__stage__in=[Document.Stage.ISSUED, Document.Stage.REPEALED],
    ).order_by("document_id", "position")
    found: dict[str, Labelled] = {}
    for number, label, text in rows.values_list("document__number", "label", "text"):
        found.setdefault(number, {}).setdefault(label.translate(_BLANK), text)
    return found


def _of_packs(pack: Pack, number: str) -> Labelled:
    return {
        clause.label.translate(_BLANK): clause.text
        for spec in pack.documents.values()
        if spec.number == number
        for clause in spec.clauses
    }


def _nearest(known: Labelled, article: str) -> str | None:
    inside = [label for label in known if label and article.startswith(label)]
    return known[max(inside, key=len)] if inside else None
