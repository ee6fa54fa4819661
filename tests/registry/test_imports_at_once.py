"""Two imports of the same stations at once: one registers them, the other finds them registered."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from tests import cast
from tests.registry.tables import rows, table
from wanqi.projects.models import Site
from wanqi.registry.actions import check, import_now, match_columns, receive_table
from wanqi.registry.models import ImportBatch

pytestmark = pytest.mark.usefixtures("committed_db")


def received(name: str) -> ImportBatch:
    batch = receive_table(
        name, table(*rows(200)), profile="tower-stations", region=cast.REGION, actor=cast.machine()
    )
    return check(match_columns(batch, batch.mapping["columns"], actor=cast.machine()), actor=cast.machine())


def test_the_second_finds_what_the_first_registered() -> None:
    batches = [received("a.xlsx"), received("b.xlsx")]
    start = Barrier(2)

    def run(batch: ImportBatch) -> None:
        start.wait()
        try:
            import_now(batch, actor=cast.machine())
        finally:
            connection.close()

    threads = [Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = ImportBatch.objects.order_by("id")
    assert {batch.state for batch in done} == {ImportBatch.State.DONE}
    assert sorted((batch.counts["created"], batch.counts["unchanged"]) for batch in done) == [
        (0, 200),
        (200, 0),
    ]
    assert Site.objects.count() == 200
