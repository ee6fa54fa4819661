"""An archive as a set of parts under one manifest, and as a ZIP that can be checked anywhere, without a database.

manifest.json     what was signed, when, by which program; path, digest and size of every part
SHA256SUMS        the same digests as `sha256sum -c` reads them
inputs/           template (of a monthly table: its sheet), calendar and reported values, rows, pack files
figures.json      every figure as signed;  text.json  every sentence as signed
outputs/          the report itself: page, Word, PDF and its figures as a workbook; a monthly table: the workbook
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from wanqi.documents.archive import packed

from ..errors import ArchiveTampered, ArchiveUnreadable
from .program import digest

FORMAT = "wanqi.archive/1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
FIGURES, TEXT = "figures.json", "text.json"
TEMPLATE, EVALUATION = "inputs/template.json", "inputs/evaluation.json"
SHEET = "inputs/sheet.json"
TABLE = "table"  # what the manifest of a monthly table says of its kind; that of a report says nothing
ROWS, PACKS, OUTPUTS = "inputs/rows/", "inputs/packs/", "outputs/"
FORMATS = ("html", "docx", "pdf", "xlsx")
State = Literal["right", "wrong", "missing", "extra", "withheld"]
STATES: Mapping[State, str] = {
    "right": "相符",
    "wrong": "不符",
    "missing": "缺失",
    "extra": "多出",
    "withheld": "未含（受限）",
}
_CHUNK = 1 << 20


def output_path(form: str) -> str:
    """Return where an archive keeps the report in a format."""
    return f"{OUTPUTS}report.{form}"


@dataclass(frozen=True, slots=True)
class Contents:
    """One archive. head: what the manifest says besides its parts; parts: path → bytes, without the manifest.

    withheld: path → digest of parts that this copy does not carry, because its reader may not see those rows.
    """

    head: Mapping[str, Any]
    parts: Mapping[str, bytes]
    withheld: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def manifest(self) -> bytes:
        """The manifest as it is kept: its digest is the archive's name, whatever this copy withholds."""
        listed = [
            {"path": path, "digest": digest(content), "size": len(content)}
            for path, content in self.parts.items()
        ]
        listed += [{"path": path, "digest": one, "size": size} for path, (one, size) in self.withheld.items()]
        parts = sorted(listed, key=lambda part: str(part["path"]))
        return as_bytes({"format": FORMAT, **self.head, "parts": parts})

    @property
    def digest(self) -> str:
        return digest(self.manifest)

    def json(self, path: str) -> Any:
        """Return a part that is JSON. Raises ArchiveUnreadable where it is not there."""
        return json.loads(self.part(path))

    def part(self, path: str) -> bytes:
        """Return a part. Raises ArchiveUnreadable where this copy does not have it."""
        try:
            return self.parts[path]
        except KeyError:
            if path in self.withheld:
                raise ArchiveUnreadable(
                    f"这份档案没有带上受限的部分“{path}”。",
                    hint="请由有权限的人员重新下载，或在系统中重建。",
                ) from None
            raise ArchiveUnreadable(
                f"档案中没有“{path}”这一部分。", hint="请核对档案文件是否完整。"
            ) from None

    def without(self, paths: Iterable[str]) -> Contents:
        """Return a copy that names these parts and does not carry them."""
        left = set(paths) & self.parts.keys()
        gone = {path: (digest(self.parts[path]), len(self.parts[path])) for path in left}
        kept = {path: content for path, content in self.parts.items() if path not in left}
        return Contents(self.head, kept, {**self.withheld, **gone})


def as_bytes(data: Any) -> bytes:
    """Return plain data as an archive keeps it: sorted keys, one value a line, UTF-8."""
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def zipped(contents: Contents) -> bytes:
    """Return the archive as a ZIP: equal archives give equal bytes."""
    manifest = contents.manifest
    entries = {MANIFEST: manifest, **contents.parts}
    sums = "".join(
        f"{digest(content).removeprefix('sha256:')}  {path}\n" for path, content in sorted(entries.items())
    )
    return packed([*entries.items(), (SUMS, sums.encode())])


@dataclass(frozen=True, slots=True)
class PartState:
    """Whether one file is as it was signed; `found` is empty where there is none."""

    path: str
    state: State
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What is found about a file: its kind, its own digest, one state for each part, in the order of paths."""

    kind: Literal["archive", "package"]
    title: str
    digest: str
    parts: tuple[PartState, ...]

    @property
    def wrong(self) -> tuple[PartState, ...]:
        return tuple(one for one in self.parts if one.state not in ("right", "withheld"))


def verify(file: Path | IO[bytes]) -> Verified:
    """Return whether every part of an archive, or of an evidence package, is as its manifest or hashes say.

    Raises ArchiveUnreadable for a file that is neither.
    """
    with _opened(file) as archive:
        found = _digests(archive)
        if MANIFEST in found:
            return _verified_archive(archive, found)
        if SUMS in found:
            return _verified_sums(archive, found)
    raise ArchiveUnreadable(
        "这个文件里没有档案清单，也没有校验文件。", hint="请选择从系统下载的定稿档案或佐证材料包。"
    )


def read_archive(file: Path | IO[bytes]) -> Contents:
    """Return the archive of a ZIP. Raises ArchiveTampered with the first file that is not as signed."""
    found = verify(file)
    if found.kind != "archive":
        raise ArchiveUnreadable("这是佐证材料包，不是定稿档案。", hint="请选择定稿档案。")
    if found.wrong:
        raise ArchiveTampered(found.wrong)
    with _opened(file) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        names = set(archive.namelist())
        parts = {one["path"]: archive.read(one["path"]) for one in manifest["parts"] if one["path"] in names}
    return contents_from(manifest, parts)


def contents_from(manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> Contents:
    """Return the archive of a manifest and the parts at hand. Raises ArchiveTampered where one is not as signed."""
    wrong = [
        PartState(one["path"], "wrong", one["digest"], digest(parts[one["path"]]))
        for one in manifest["parts"]
        if one["path"] in parts and digest(parts[one["path"]]) != one["digest"]
    ]
    if wrong:
        raise ArchiveTampered(wrong)
    head = {name: value for name, value in manifest.items() if name not in ("format", "parts")}
    held = {
        one["path"]: (one["digest"], one["size"]) for one in manifest["parts"] if one["path"] not in parts
    }
    return Contents(head, parts, held)


def _opened(file: Path | IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise ArchiveUnreadable("这个文件不是完整的ZIP文件。", hint="请重新下载后再试。") from None


def _digests(archive: zipfile.ZipFile) -> dict[str, tuple[str, int]]:
    """Return path → digest and size of every file; one whose own checksum fails has no digest."""
    found = {}
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        seen, size = hashlib.sha256(), 0
        try:
            with archive.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    seen.update(chunk)
                    size += len(chunk)
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error):
            found[entry.filename] = ("", size)
            continue
        found[entry.filename] = (f"sha256:{seen.hexdigest()}", size)
    return found


def _verified_archive(archive: zipfile.ZipFile, found: Mapping[str, tuple[str, int]]) -> Verified:
    try:
        content = archive.read(MANIFEST)
        manifest = json.loads(content)
        known = manifest["format"] == FORMAT
        listed = {one["path"]: one["digest"] for one in manifest["parts"]}
        title = str(manifest["title"])
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile):
        raise ArchiveUnreadable("档案清单 manifest.json 已损坏。", hint="请重新下载后再试。") from None
    if not known:
        raise ArchiveUnreadable(
            f"档案格式 {manifest['format']} 不是本程序认识的。", hint="请用生成它的或更新的程序核对。"
        )
    sums = _sums_of(archive) if SUMS in found else {}
    carried = sums.keys() - {MANIFEST}
    states = [
        _state(path, expected, found, withheld=path not in carried) for path, expected in listed.items()
    ]
    if SUMS not in found:
        states.append(PartState(SUMS, "missing"))
    elif sums.get(MANIFEST) != digest(content):
        states.append(PartState(MANIFEST, "wrong", sums.get(MANIFEST, ""), digest(content)))
    states += [
        PartState(path, "extra", "", found[path][0])
        for path in found.keys() - listed.keys() - {MANIFEST, SUMS}
    ]
    return Verified("archive", title, digest(content), tuple(sorted(states, key=lambda one: one.path)))


def _state(
    path: str, expected: str, found: Mapping[str, tuple[str, int]], *, withheld: bool = False
) -> PartState:
    if path not in found:
        return PartState(path, "withheld" if withheld and path.startswith(ROWS) else "missing", expected)
    actual = found[path][0]
    return PartState(path, "right" if actual == expected else "wrong", expected, actual)


def _verified_sums(archive: zipfile.ZipFile, found: Mapping[str, tuple[str, int]]) -> Verified:
    sums = _sums_of(archive)
    states = [_state(path, expected, found) for path, expected in sums.items()]
    states += [PartState(path, "extra", "", found[path][0]) for path in found.keys() - sums.keys() - {SUMS}]
    return Verified("package", "佐证材料包", found[SUMS][0], tuple(sorted(states, key=lambda one: one.path)))


def _sums_of(archive: zipfile.ZipFile) -> dict[str, str]:
    try:
        lines = archive.read(SUMS).decode().splitlines()
    except (zipfile.BadZipFile, UnicodeDecodeError):
        raise ArchiveUnreadable("校验文件 SHA256SUMS 已损坏。", hint="请重新下载后再试。") from None
    found = {}
    for line in lines:
        value, _, path = line.partition("  ")
        if len(value) != 64 or not path:
            raise ArchiveUnreadable(f"校验文件中有一行读不懂：{line[:80]}。", hint="请重新下载后再试。")
        found[path] = f"sha256:{value}"
    return found
