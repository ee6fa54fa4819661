"""The mark that spares the next start its preparation: it holds only for the same command, files and cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wanqi.cli.cluster import Cluster
from wanqi.cli.place import Place
from wanqi.cli.prepared import Mark
from wanqi.settings import STATIC_ROOT

DEMO = ("demo", "--prepare")


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    place = Place(data=tmp_path, home=tmp_path, binaries=tmp_path, account=None)
    place.cluster.mkdir()
    (tmp_path / "demo-accounts.txt").write_text("")
    return Cluster(place, say=lambda line: None)


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    mark = Path(STATIC_ROOT) / "collected"
    there = mark.exists()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    yield
    if not there:
        mark.unlink()


def test_it_holds_after_it_was_set(cluster: Cluster) -> None:
    mark = Mark(cluster.place.data, DEMO, cluster)
    assert not mark.holds()
    mark.set()
    assert Mark(cluster.place.data, DEMO, cluster).holds()


def test_it_does_not_hold_for_another_command_or_other_files(cluster: Cluster) -> None:
    mark = Mark(cluster.place.data, DEMO, cluster)
    mark.set()
    assert not Mark(cluster.place.data, ("serve", "--prepare"), cluster).holds()
    mark.said["files"] = "sha256:571"
    assert not mark.holds()


def test_it_does_not_hold_without_the_accounts_or_in_a_new_cluster(cluster: Cluster) -> None:
    mark = Mark(cluster.place.data, DEMO, cluster)
    mark.set()
    (cluster.place.data / "demo-accounts.txt").unlink()
    assert not mark.holds()
    (cluster.place.data / "demo-accounts.txt").touch()
    (cluster.place.cluster / "wanqi-prepared.json").unlink()
    assert not mark.holds()


def test_a_database_of_ones_own_is_always_prepared(tmp_path: Path) -> None:
    mark = Mark(tmp_path, DEMO, None)
    mark.set()
    assert not mark.holds()
