"""The printed text of the clause a condition cites, from the documents that were entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from wanqi.packs import Pack
from wanqi.packs.specs.conditions import ConditionSpec

from .cited import Printed, is_number, passage, same_document
from .models import Clause, Document

Entered = dict[str, list[Printed]]
_SHOWN = (Document.Stage.ISSUED, Document.Stage.REPEALED)


def passages(region: str, pack: Pack) -> Callable[[str, str], str | None]:
    """Return what finds the text of an article by the document a rule cites; None where it has not been entered.

    A document answers to its number however its brackets are written, one that is cited by no number to its title. Those
    of the register come before those of the packs; all are read at once, when first asked for.
    """
    known: Entered | None = None

    def find(document: str, article: str) -> str | None:
        nonlocal known
        if not document or not article:
            return None
        if known is None:
            known = _of_packs(pack) | _of_register(region, cited(pack))
        clauses = known.get(same_document(document))
        return passage(clauses, article) if clauses else None

    return find


def cited(pack: Pack) -> dict[str, set[str]]:
    """Return what the rules of a region cite: each document as it is compared → the articles."""
    found: dict[str, set[str]] = {}
    for file in pack.programme_files.values():
        for version in file.versions:
            articles = found.setdefault(same_document(version.document), set())
            articles.update(_articles(version.conditions, version.article))
    return found


def _articles(part: ConditionSpec, above: str | None) -> Iterator[str]:
    article = part.article or above
    if part.group is None and article:
        yield article
    for one in part.group or ():
        yield from _articles(one, article)


def answers_to(number: str, title: str) -> set[str]:
    """Return what a document of the register may be cited by."""
    named = {same_document(number)} if number else set()
    return named | ({same_document(title)} if title and not is_number(title) else set())


def _of_register(region: str, wanted: Mapping[str, set[str]]) -> Entered:
    documents = Document.objects.filter(region_id=region, withdrawn_at__isnull=True, stage__in=_SHOWN)
    chosen: dict[int, set[str]] = {}
    listed = documents.filter(clauses__isnull=False).distinct().values_list("stage", "pk", "number", "title")
    # What is in force goes before what was repealed, then what was entered last.
    for _, pk, number, title in sorted(listed, key=lambda one: (one[0] == Document.Stage.ISSUED, one[1])):
        names = answers_to(number, title) & wanted.keys()
        if names:
            chosen[pk] = names
    rows = (
        Clause.objects.filter(document__in=chosen).order_by("position") if chosen else Clause.objects.none()
    )
    texts: dict[int, list[Printed]] = {}
    for pk, label, text, depth in rows.values_list("document_id", "label", "text", "depth"):
        texts.setdefault(pk, []).append(Printed(label, text, depth))
    return {name: texts[pk] for pk, names in chosen.items() for name in names if pk in texts}


def _of_packs(pack: Pack) -> Entered:
    def names() -> Iterator[tuple[str, list[Printed]]]:
        for spec in pack.documents.values():
            printed = [Printed(one.label, one.text) for one in spec.clauses]
            for name in answers_to(spec.number or "", spec.title):
                yield name, printed

    return dict(names())


def citations(pack: Pack, document: Document) -> list[tuple[str, str, list[tuple[str, bool]]]]:
    """Return (id, title, articles) of each programme that cites a document; an article with whether its text is found.

    A document that is not issued yet, or was withdrawn, is cited by nothing.
    """
    if document.withdrawn_at is not None or document.stage not in _SHOWN:
        return []
    names = answers_to(document.number, document.title)
    rows = document.clauses.order_by("position").values_list("label", "text", "depth")
    printed = [Printed(*one) for one in rows]
    found = []
    for id, file in pack.programme_files.items():
        articles: dict[str, bool] = {}
        for version in file.versions:
            if same_document(version.document) in names:
                for one in _articles(version.conditions, version.article):
                    articles[one] = passage(printed, one) is not None
        if articles:
            found.append((id, file.programme.title, sorted(articles.items())))
    return found


def entered(region: str, document: str) -> int | None:
    """Return the id of the registered document that answers to what a rule cites; None where there is none."""
    wanted = same_document(document)
    rows = Document.objects.filter(region_id=region, withdrawn_at__isnull=True).values_list(
        "pk", "number", "title"
    )
    return next(
        (pk for pk, number, title in rows.order_by("-pk") if wanted in answers_to(number, title)), None
    )
