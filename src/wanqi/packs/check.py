"""The whole of the packs at once: every region resolved, every problem collected."""

from __future__ import annotations

from dataclasses import dataclass

from wanqi.packs import cases
from wanqi.packs.cases_programmes import Compiled
from wanqi.packs.checking import check_pack
from wanqi.packs.checking_demo import check_demo
from wanqi.packs.checking_demo_profiles import check_profiles
from wanqi.packs.checking_region import check_region
from wanqi.packs.errors import PacksRefused, Problem, UnknownRegion
from wanqi.packs.files import load
from wanqi.packs.pack import Item, Pack
from wanqi.packs.resolving import Tree, assemble, cases_of, read_tree
from wanqi.packs.sources import Sources
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.region import PackSpec
from wanqi.packs.thresholds.regions import Exercises

# What is said of a name that nothing has, perhaps only because the file that has it was refused.
_CONSEQUENCES = ("pack.unknown-", "expression.unknown-", "expression.records")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. cases: written and generated; coverage: percent of what cases should show that one shows.

    left: programmes, derived facts and files that were not exercised for a mistake and are not counted in it.
    """

    problems: tuple[Problem, ...]
    files: int
    programmes: int
    cases: int
    coverage: int
    left: tuple[str, ...] = ()


def regions(sources: Sources) -> tuple[str, ...]:
    """Return the ids of all regions that have a folder, parents before children."""
    found = {path.split("/", 1)[0] for path in sources if "/" in path}
    return tuple(sorted(found, key=lambda region: (len(region), region)))


def resolve(sources: Sources, region: str, *, checked: bool = True) -> Pack:
    """Return the region's pack with everything it inherits.

    checked: False reads only what the region stands on, without worked examples, and leaves out what must hold between
    its items; for packs that were checked before. Raises UnknownRegion, or PacksRefused with every problem of the
    files the region stands on. Worked examples are not run.
    """
    if region not in regions(sources):
        raise UnknownRegion(region, regions(sources))
    tree = read_tree(sources if checked else _standing_on(sources, region))
    if region not in tree.packs:
        raise PacksRefused(_about(tree.problems, (region,)) or _sorted(tree.problems))
    chain = tree.chain(region)
    early = _about(tree.problems, chain)
    if early:
        raise PacksRefused(early)
    pack = assemble(tree, region)
    later = _region_problems(tree, pack) if checked else []
    problems = _about([*tree.problems, *later], chain)
    if problems:
        raise PacksRefused(problems)
    return pack


def _standing_on(sources: Sources, region: str) -> Sources:
    """Return the files of a region and of those above it, without worked examples."""
    chain: list[str] = []
    current: str | None = region
    while current is not None and current not in chain and f"{current}/pack.yaml" in sources:
        chain.append(current)
        file, _ = load(f"{current}/pack.yaml", sources[f"{current}/pack.yaml"])
        current = file.spec.extends if file is not None and isinstance(file.spec, PackSpec) else None
    return {
        path: content
        for path, content in sources.items()
        if path.split("/", 1)[0] in chain and not path.endswith(".cases.yaml")
    }


def check(sources: Sources, *, runner: cases.IndicatorRunner | None = None) -> Checked:
    """Return every problem of every region, with the counts of what was looked at.

    runner: answers the cases of indicators; without one, or while the pack itself has problems, their names are
    checked and their answers are not.
    """
    tree = read_tree(sources)
    coverage, count = cases.Coverage(), 0
    found: list[Problem] = []
    programmes: set[str] = set()
    exercised, known = Exercises(), set[str]()
    broken = {one.file for one in tree.problems}
    for region in regions(sources):
        if region not in tree.packs:
            continue
        pack = assemble(tree, region)
        wrong = _region_problems(tree, pack, known)
        found += wrong
        programmes |= pack.items.programmes.keys()
        broken |= {one.file for one in wrong}
        sound = not wrong and not tree.problems
        if sound:
            cases.want(pack, coverage)
        compiled = Compiled(pack)
        for file in cases_of(tree, region):
            problems, number = cases.run(compiled, file, coverage, runner=runner, sound=sound)
            found += _unless_a_consequence(tree, pack, problems)
            count += number
        found += exercised.run(pack, coverage, broken=broken)
    total = count + exercised.cases
    left = (*sorted(broken), *exercised.left)
    every = _sorted([*tree.problems, *found])
    return Checked(every, len(sources), len(programmes), total, coverage.percent, left)


def _region_problems(tree: Tree, pack: Pack, known: set[str] | None = None) -> list[Problem]:
    problems = [*check_region(tree, pack), *check_pack(pack, known)]
    for file in tree.files[pack.region]:
        if isinstance(file.spec, DemoSpec):
            own = Item(file.spec, file, (), "demo")
            problems += [*check_demo(pack, own), *check_profiles(pack, own)]
    return _unless_a_consequence(tree, pack, problems)


def _unless_a_consequence(tree: Tree, pack: Pack, problems: list[Problem]) -> list[Problem]:
    """Leave out names that are unknown only because the file that defines them was refused."""
    if not tree.incomplete(pack.chain):
        return problems
    return [one for one in problems if not one.code.startswith(_CONSEQUENCES)]


def _about(problems: list[Problem], chain: tuple[str, ...]) -> tuple[Problem, ...]:
    """Return the problems in the folders of the given regions."""
    return _sorted([one for one in problems if one.file.split("/", 1)[0] in chain])


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems)))
