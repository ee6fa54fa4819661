"""Every specimen of the zoo from upload to register: what is recognised, taken, refused, and what a second time does."""

from __future__ import annotations

from typing import Any

import pytest

from tests import cast
from tests.registry.facts.rows import enterprise
from tests.registry.zoo import SPECIMENS
from tests.registry.zoo.making import Specimen
from wanqi.registry.actions import check, import_now, match_columns, receive_table
from wanqi.registry.errors import TableRefused
from wanqi.registry.importing import target_of
from wanqi.registry.models import ImportBatch

pytestmark = pytest.mark.django_db
COUNTS = ("created", "corrected", "unchanged", "rejected", "skipped")


def received(specimen: Specimen, content: bytes) -> ImportBatch:
    return receive_table(
        specimen.file,
        content,
        profile=specimen.profile,
        region=cast.REGION,
        actor=cast.machine(),
        office=cast.offices()[0].pk,
    )


def imported(specimen: Specimen, batch: ImportBatch) -> ImportBatch:
    batch = match_columns(batch, batch.mapping["columns"], actor=cast.machine())
    return import_now(check(batch, actor=cast.machine()), actor=cast.machine())


def counts(batch: ImportBatch) -> tuple[int, ...]:
    found = tuple(batch.counts.get(name, 0) for name in COUNTS)
    assert batch.counts.get("read", 0) == sum(found)
    return found


def held(specimen: Specimen) -> list[Any]:
    rows = target_of(cast.REGION, specimen.profile).sink.model.objects.order_by("pk")
    return list(rows.values_list(*specimen.fields, flat=len(specimen.fields) == 1))


def test_the_zoo_is_large_and_its_names_differ() -> None:
    names = [specimen.name for specimen in SPECIMENS]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("specimen", [one for one in SPECIMENS if one.refused[0]], ids=lambda one: one.name)
def test_a_file_that_is_no_table_is_refused(specimen: Specimen) -> None:
    with pytest.raises(TableRefused) as refused:
        received(specimen, specimen.make())
    assert (refused.value.code, refused.value.cause) == (f"import.{specimen.refused[0]}", specimen.refused[1])
    assert refused.value.hint.endswith("。")
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    "specimen", [one for one in SPECIMENS if not one.refused[0]], ids=lambda one: one.name
)
def test_a_table_becomes_exactly_what_the_clerk_means(specimen: Specimen) -> None:
    for number in range(1, specimen.enterprises + 1):
        enterprise(number)
    content = specimen.make()
    batch = received(specimen, content)
    kept = batch.mapping
    assert (batch.sheet, (kept["first"], kept["last"])) == (specimen.sheet, specimen.head)
    assert kept["columns"] == {**specimen.sure, **specimen.guessed}
    assert kept["guessed"] == sorted(specimen.guessed)
    assert tuple(kept["notes"]) == specimen.notes
    batch = imported(specimen, batch)
    created, rejected, skipped = specimen.counts
    told = {
        row.line: [(one["column"], one["value"], one["message"]) for one in row.reasons]
        for row in batch.rejected.order_by("line")
    }
    assert told == specimen.rejected
    assert counts(batch) == (created, 0, 0, rejected, skipped)
    assert batch.counts.get("skips", {}) == specimen.skips
    assert held(specimen) == list(specimen.values)
    again = imported(specimen, received(specimen, content))
    assert counts(again) == (0, 0, created, rejected, skipped)
    if specimen.later is not None:
        later = imported(specimen, received(specimen, specimen.later()))
        assert counts(later)[:3] == (0, specimen.corrected, created - specimen.corrected)
