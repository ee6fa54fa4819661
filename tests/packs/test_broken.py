"""One broken pack per mistake: the sound pack with one file replaced, and exactly what is said about it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from wanqi import packs

HERE = Path(__file__).parent
SOUND = packs.read_directory(HERE / "sound")
MISTAKES = sorted(path for path in (HERE / "broken").iterdir() if path.is_dir())


@cache
def problems(folder: Path) -> tuple[packs.Problem, ...]:
    """What the check says of the sound pack with the files of `folder` in it."""
    return packs.check({**SOUND, **packs.read_directory(folder)}).problems


def test_the_sound_pack_has_no_problem() -> None:
    checked = packs.check(SOUND)
    assert checked == packs.Checked(problems=(), files=13, programmes=1, cases=121, coverage=88)


@pytest.mark.parametrize("folder", MISTAKES, ids=lambda folder: folder.name)
def test_a_mistake_is_reported_with_its_place_cause_and_next_step(folder: Path) -> None:
    said = "".join(f"{problem}\n" for problem in problems(folder))
    assert said == folder.with_suffix(".expected").read_text()


def test_there_are_mistakes_and_each_has_its_expectation() -> None:
    assert len(MISTAKES) >= 125
    expected = {path.stem for path in (HERE / "broken").glob("*.expected")}
    assert expected == {folder.name for folder in MISTAKES}


@pytest.mark.parametrize("folder", MISTAKES, ids=lambda folder: folder.name)
def test_a_broken_pack_is_never_resolved_unless_only_its_examples_are_wrong(folder: Path) -> None:
    sources = {**SOUND, **packs.read_directory(folder)}
    shown = problems(folder)
    only_cases = all(one.code.startswith(("case.", "pack.threshold-")) or _of_a_case(one) for one in shown)
    refused = 0
    for region in packs.regions(sources):
        try:
            packs.resolve(sources, region)
        except packs.PacksRefused as error:
            refused += len(error.problems)
    assert (refused == 0) is only_cases


def _of_a_case(problem: packs.Problem) -> bool:
    """Whether a worked example names something that is not there."""
    return ".cases.yaml" in problem.file and problem.code.startswith("pack.unknown-")
