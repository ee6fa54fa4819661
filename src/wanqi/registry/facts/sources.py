"""Where the records of each kind are read from: the register that keeps them, as rows of the vocabulary's fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models import fields as types
from django.db.models.functions import Coalesce, Least, NullIf

from wanqi.packs import Pack, RecordKind

from ..models import Patent, PledgeLoan, Recognition, RecordCoverage, RecordRow, Trademark
from ..models.recognitions import Holder
from . import homes

FIRST_DAY = date(1900, 1, 1)  # a list of which nobody said how far it is complete is complete up to nowhere
NEVER = date(9999, 12, 31)
Among = Q  # which organisations: a condition on `organisation_id`


@dataclass(frozen=True)
class Source:
    """Some rows of a kind. fields: field of the vocabulary → what of the model; rows: the rows in force."""

    kind: str
    fields: Mapping[str, Any]
    rows: QuerySet[Any]

    def among(self, organisations: Among) -> QuerySet[Any]:
        """Return (organisation_id, fields …) as tuples, in the order they were registered."""
        given = {f"given_{name}": what for name, what in self.fields.items()}
        rows: QuerySet[Any] = self.rows.filter(organisations, organisation__isnull=False).annotate(**given)
        found: QuerySet[Any] = rows.order_by("organisation_id", "pk").values_list("organisation_id", *given)
        return found


def sources() -> tuple[Source, ...]:
    """Return the registers that keep records of their own, by the vocabulary's kinds."""
    return (_titles(), _patents(), _trademarks(), _pledged_loans())


def _text(name: str) -> NullIf:
    return NullIf(F(name), Value(""))


def _titles() -> Source:
    """Titles of the enterprise itself and of its projects, which a list names with whoever carries them out.

    Conditions such as 未列入数字新基建标志性项目 ask it of the enterprise. What people and products hold is not its own.
    """
    return Source(
        "titles",
        {
            "programme": F("programme"),
            "level": _text("level"),
            "issuer": _text("authority"),
            "number": Coalesce(_text("certificate_number"), _text("document_number")),
            "grant_date": F("granted_on"),
            "valid_to": Coalesce(
                F("valid_until"),
                Case(When(is_unlimited=True, then=Value(NEVER)), output_field=types.DateField()),
            ),
            "kind": F("kind"),
            "revoked_date": F("revoked_on"),
        },
        Recognition.objects.current().filter(holder_kind__in=(Holder.ORGANISATION, Holder.PROJECT)),
    )


def _patents() -> Source:
    """Granted patents only: one applied for is no intellectual property yet."""
    return Source(
        "ip",
        {
            "title": F("title"),
            "number": F("number"),
            "kind": F("kind"),
            "grant_date": F("granted_on"),
            "expiry_date": Least(Coalesce("ended_on", "expires_on"), Coalesce("expires_on", "ended_on")),
            "owner_rank": F("owner_rank"),
            "acquisition": _text("acquisition"),
            "transfer_date": F("transferred_on"),
            "high_value": F("high_value"),
            "relates_to_main_product": F("relates_to_main_product"),
            "has_benefit": F("has_benefit"),
            "used_in_prior_hnte": F("used_in_prior_hnte"),
        },
        Patent.objects.current().filter(granted_on__isnull=False),
    )


def _trademarks() -> Source:
    return Source(
        "ip",
        {
            "title": F("name"),
            "number": F("number"),
            "kind": Value("商标"),
            "grant_date": F("registered_on"),
            "expiry_date": F("expires_on"),
        },
        Trademark.objects.current().filter(registered_on__isnull=False),
    )


def _pledged_loans() -> Source:
    return Source(
        "loan",
        {
            "number": _text("contract_number"),
            "principal": F("amount"),
            "start": F("paid_out_on"),
            "end": F("due_on"),
            "purpose": Value("知识产权质押"),
        },
        PledgeLoan.objects.current().filter(paid_out_on__isnull=False),
    )


def records_of(organisations: Sequence[int], pack: Pack) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """Return organisation → kind → rows as `wanqi evaluate` reads them; a kind nobody knows of is absent.

    A list ends with complete_until: the day somebody vouches for, or FIRST_DAY where nobody does.
    """
    among = Q(organisation_id__in=organisations)
    found: dict[int, dict[str, list[dict[str, Any]]]] = {pk: {} for pk in organisations}
    kinds = homes.kinds_covered(pack)
    for source in sources():
        if source.kind not in kinds:
            continue
        kind = kinds[source.kind]
        for organisation, *row in source.among(among):
            said = dict(zip(source.fields, row, strict=True))
            found[organisation].setdefault(source.kind, []).append(_json(kind, said))
    stored = RecordRow.objects.current().filter(among).order_by("pk")
    for organisation, name, held in stored.values_list("organisation_id", "kind", "values"):
        if name in kinds:
            rows = found[organisation].setdefault(name, [])
            rows.append({field: value for field, value in held.items() if field in kinds[name].fields})
    _mark_ends(found, kinds, among)
    return found


def _mark_ends(
    found: Mapping[int, dict[str, list[dict[str, Any]]]], kinds: Mapping[str, RecordKind], among: Among
) -> None:
    covered = RecordCoverage.objects.current().filter(among)
    ends = {
        (organisation, kind): until
        for organisation, kind, until in covered.values_list("organisation_id", "kind", "complete_until")
        if kind in kinds
    }
    for organisation, kind in ends:
        found[organisation].setdefault(kind, [])
    for organisation, lists in found.items():
        for kind, rows in lists.items():
            until = ends.get((organisation, kind), FIRST_DAY)
            rows.append({"complete_until": until.isoformat()})


def _json(kind: RecordKind, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items() if value is not None and name in kind.fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


def stored_kinds(region: str) -> Iterator[str]:
    """Yield the kinds of which a region has rows or coverage."""
    seen: set[str] = set()
    for model in (RecordRow, RecordCoverage):
        seen |= set(
            model.objects.current().filter(region_id=region).values_list("kind", flat=True).distinct()
        )
    seen |= {source.kind for source in sources()}
    yield from sorted(seen)
