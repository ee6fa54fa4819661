"""Inheritance: which files a region stands on, and what its items are after every child has had its say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from wanqi.packs.errors import Problem
from wanqi.packs.files import File, digest, load
from wanqi.packs.pack import SECTIONS, Item, Items, Pack
from wanqi.packs.reading import Path
from wanqi.packs.sources import Sources
from wanqi.packs.specs.base import Spec
from wanqi.packs.specs.cases import CasesFile
from wanqi.packs.specs.codes import CodeList
from wanqi.packs.specs.demo import DemoSpec
from wanqi.packs.specs.documents import DocumentSpec
from wanqi.packs.specs.forms import FormSpec
from wanqi.packs.specs.imports import ImportProfile
from wanqi.packs.specs.indicators import IndicatorsFile, PeerSet, TableSpec
from wanqi.packs.specs.originals import OriginalReport
from wanqi.packs.specs.programmes import ProgrammeFile
from wanqi.packs.specs.region import PackSpec, StackingSpec
from wanqi.packs.specs.reports import ReportSpec
from wanqi.packs.specs.vocabulary import VocabularyFile


@dataclass
class Tree:
    """Every file read, by region, with the problems found so far."""

    sources: Sources
    files: dict[str, list[File]] = field(default_factory=dict)
    packs: dict[str, tuple[PackSpec, File]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def incomplete(self, chain: Iterable[str]) -> bool:
        """Whether a file of these regions was refused, so that names it defines are not known."""
        return any(region in self.unread for region in chain)

    def chain(self, region: str) -> tuple[str, ...]:
        """Return region ids from the root to this one; stops at a missing parent or a cycle."""
        found = [region]
        while (parent := self.packs[found[-1]][0].extends) in self.packs and parent not in found:
            assert parent is not None
            found.append(parent)
        return tuple(reversed(found))


def read_tree(sources: Sources) -> Tree:
    """Read every file; note what is wrong with files, folders and the chain of parents."""
    tree = Tree(sources)
    for path in sorted(sources):
        file, problems = load(path, sources[path])
        tree.problems += problems
        if problems:
            tree.unread.add(path.split("/", 1)[0])
        if file is None:
            continue
        tree.files.setdefault(file.region, []).append(file)
        if isinstance(file.spec, PackSpec):
            tree.packs[file.region] = (file.spec, file)
            if file.spec.id != file.region:
                message = f"id 是 {file.spec.id}，文件夹却叫 {file.region}。"
                tree.problems.append(file.problem(("id",), "pack.folder", message, "两处写成一样。"))
    for region, files in tree.files.items():
        if region not in tree.packs and f"{region}/pack.yaml" not in sources:
            hint = f"新建 {region}/pack.yaml，写明 id、title、level、extends、version。"
            tree.problems.append(
                Problem(files[0].path, 1, 1, "pack.no-pack", f"{region} 没有 pack.yaml。", hint)
            )
    for region in tree.packs:
        _check_parent(tree, region)
    return tree


def _check_parent(tree: Tree, region: str) -> None:
    spec, file = tree.packs[region]
    parent = spec.extends
    if parent is None:
        return
    if parent not in tree.packs:
        near = get_close_matches(parent, [one for one in tree.packs if one != region], n=1)
        hint = f"是不是 {near[0]}？" if near else "新建上级地区的文件夹，或改正 extends。"
        tree.unread.add(region)
        if parent not in tree.unread:
            tree.problems.append(
                file.problem(("extends",), "pack.no-parent", f"没有上级地区 {parent}。", hint)
            )
        return
    seen: list[str] = [region]
    current: str | None = parent
    while current is not None and current in tree.packs:
        seen.append(current)
        if current == region:
            route = " → ".join(seen)
            tree.problems.append(
                file.problem(
                    ("extends",), "pack.cycle", f"上下级绕成了圈：{route}。", "改正其中一处 extends。"
                )
            )
            return
        if current in seen[:-1]:
            return
        current = tree.packs[current][0].extends


def assemble(tree: Tree, region: str) -> Pack:
    """Return the region's pack after inheritance; problems met on the way are added to the tree."""
    chain = tree.chain(region)
    sections: dict[str, dict[str, Item[Spec]]] = {section: {} for section in SECTIONS}
    stacking: dict[str, StackingSpec] = {}
    for one in chain:
        _withdraw(tree, one, {**sections, "stacking": stacking})
        stacking |= {group.id: group for group in tree.packs[one][0].stacking}
        own: dict[tuple[str, str], Item[Spec]] = {}
        for file in tree.files[one]:
            for section, item in items_of(file):
                _add(tree, section, item, own)
        for (section, id), item in own.items():
            sections[section][id] = item
    demo = next((file.spec for file in tree.files[region] if isinstance(file.spec, DemoSpec)), None)
    used = [file.path for one in chain for file in tree.files[one]]
    return Pack(
        chain=chain,
        spec=tree.packs[region][0],
        items=Items(**sections),  # type: ignore[arg-type]  # each section holds its own spec, by items_of
        demo=demo,
        files={path: digest(tree.sources[path]) for path in used},
        stacking=tuple(stacking.values()),
    )


def items_of(file: File) -> list[tuple[str, Item[Spec]]]:
    """Return (section, item) for everything a file defines."""
    match file.spec:
        case VocabularyFile() as spec:
            parts: list[tuple[str, Mapping[str, Spec]]] = [
                ("records", spec.records),
                ("facts", spec.facts),
                ("derived", spec.derived),
                ("params", spec.params),
                ("titles", spec.titles),
                ("sources", spec.sources),
            ]
            return [
                (name, Item(one, file, (name, id), id))
                for name, values in parts
                for id, one in values.items()
            ]
        case IndicatorsFile() as spec:
            return [
                ("indicators", Item(one, file, ("indicators", index), one.id))
                for index, one in enumerate(spec.indicators)
            ]
        case ReportSpec() as spec:
            return [("reports", Item(spec, file, (), spec.id))]
        case OriginalReport() as spec:
            return [("originals", Item(spec, file, (), spec.id))]
        case DocumentSpec() as spec:
            return [("documents", Item(spec, file, (), spec.id))]
        case ImportProfile() as spec:
            return [("imports", Item(spec, file, (), spec.id))]
        case FormSpec() as spec:
            return [("forms", Item(spec, file, (), spec.id))]
        case PeerSet() as spec:
            return [("peers", Item(spec, file, (), spec.id))]
        case TableSpec() as spec:
            return [("tables", Item(spec, file, (), spec.id))]
        case CodeList() as spec:
            return [("codes", Item(spec, file, (), spec.id))]
        case ProgrammeFile() as spec:
            return [("programmes", Item(spec, file, (), spec.id))]
        case _:
            return []


def cases_of(tree: Tree, region: str) -> list[File]:
    """Return the case files of a region's own folder."""
    return [file for file in tree.files[region] if isinstance(file.spec, CasesFile)]


def _add(tree: Tree, section: str, item: Item[Spec], own: dict[tuple[str, str], Item[Spec]]) -> None:
    first = own.get((section, item.id))
    if first is not None:
        line, _ = first.file.tree.place(first.at)
        message = f"{item.id} 在本地区写了两次。"
        hint = f"前一次在 {first.file.path} 第 {line} 行；请保留一处。"
        _note(tree, item.file.problem(_id_path(item), "pack.duplicate-id", message, hint))
        return
    named = _named(section, item.file.path)
    if named is not None and named not in _names_of(section, item.id):
        message = f"id 是 {item.id}，文件却叫 {named}。"
        _note(tree, item.file.problem(_id_path(item), "pack.file-name", message, "两处写成一样。"))
    own[(section, item.id)] = item


def _named(section: str, path: str) -> str | None:
    """Return the id that the path of a one-item file says."""
    parts = path.split("/")
    if section in ("reports", "originals"):
        return parts[2]
    return parts[-1].removesuffix(".yaml") if section in _BY_FILE else None


_BY_FILE = ("documents", "imports", "forms", "codes", "programmes", "peers", "tables")


def _names_of(section: str, id: str) -> tuple[str, ...]:
    """Return what the file of an item may be called: a programme's also without its region."""
    return (id, id.partition(".")[2]) if section == "programmes" else (id,)


def _id_path(item: Item[Spec]) -> Path:
    for path in ((*item.at, "id"), (*item.at, "programme", "id")):
        if path in item.file.tree.places:
            return path
    return item.at


def _withdraw(tree: Tree, region: str, sections: Mapping[str, MutableMapping[str, Any]]) -> None:
    spec, file = tree.packs[region]
    for section, ids in spec.withdraw.items():
        for index, id in enumerate(ids):
            if sections[section].pop(id, None) is None:
                near = get_close_matches(id, list(sections[section]), n=1)
                hint = f"是不是 {near[0]}？" if near else "删去这一项。"
                message = f"上级地区没有 {id}，不能撤销。"
                _note(tree, file.problem(("withdraw", section, index), "pack.withdraw", message, hint))


def _note(tree: Tree, problem: Problem) -> None:
    if problem not in tree.problems:
        tree.problems.append(problem)
