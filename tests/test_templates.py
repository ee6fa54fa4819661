"""The databases that other tests copy: made once, so a run that begins with this file makes them for all."""

from __future__ import annotations

import pytest

from wanqi.cli.cluster import Cluster


@pytest.mark.usefixtures("db")
def test_the_demonstration_can_be_copied(cluster: Cluster, demo_template: str) -> None:
    """The template of the demonstration stands beside the empty one, and nobody is in it."""
    import psycopg

    with psycopg.connect(cluster.urls("postgres").owner_url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity a WHERE a.datname = d.datname)"
            " FROM pg_database d WHERE d.datname = %s",
            [demo_template],
        ).fetchall()
    assert found == [(0,)]
