"""The ZIP of a package: 目录 first, then rows and files, and the hashes that `sha256sum -c` reads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO

from wanqi import documents
from wanqi.core.models import Attachment
from wanqi.documents import Column, Field, Note, Paragraph, Table, Text, Value, xlsx
from wanqi.documents.archive import settled, write_zip
from wanqi.documents.measure import title_lines
from wanqi.documents.pdf import pdf
from wanqi.indicators.evaluate import Figure

from ..errors import EvidenceChanged
from .gathering import Basis, Gathered, Listed, columns_of, fields_of, lines_of
from .naming import Names

INDEX, SUMS = "目录", "SHA256SUMS"
ROWS, FILES = "台账", "佐证"
DEMONSTRATION = "演示数据"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the 目录: a figure, and one file under it; without a file, `path` and `digest` are empty."""

    basis: Basis
    path: str
    digest: str
    said: str


def write_package(
    out: IO[bytes],
    gathered: Gathered,
    *,
    title: str,
    told: str,
    made: datetime,
    progress: Progress = lambda done, total: None,
) -> None:
    """Write the package of what was gathered; equal contents, title, words and moment give equal bytes.

    told: who took it and when, printed on every sheet. progress: called with (done, total) files.
    Raises EvidenceChanged where a kept file is no longer what its digest says.
    """
    names = Names()
    sheets = _sheets(gathered, names, title=title, told=told, made=made)
    paths = {pk: names.give(FILES, name) for pk, (name, _, _) in sorted(gathered.files.items())}
    lines = list(
        _lines(gathered, {kind: (path, _sha(content)) for kind, (path, content) in sheets.items()}, paths)
    )
    marks = (DEMONSTRATION,) if gathered.is_demonstration else ()
    index = {
        f"{INDEX}.xlsx": _index_sheet(lines, title=title, told=told, made=made, marks=marks),
        f"{INDEX}.pdf": pdf(_index_report(lines, title=title, told=told, marks=marks), made=made),
    }
    total = len(index) + len(sheets) + len(paths)
    own = {**index, **dict(sheets.values())}
    sums = {path: _sha(content) for path, content in own.items()}
    sums |= {path: gathered.files[pk][2].removeprefix("sha256:") for pk, path in paths.items()}
    listed = "".join(f"{value}  {path}\n" for path, value in sorted(sums.items()))

    def entries() -> Iterator[tuple[str, bytes]]:
        done = 0
        for path, content in (*index.items(), *sheets.values()):
            yield path, content
            done += 1
            progress(done, total)
        for pk, path in paths.items():
            yield path, _kept(pk, gathered.files[pk][2])
            done += 1
            progress(done, total)
        yield SUMS, listed.encode()

    write_zip(out, entries())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _kept(pk: int, digest: str) -> bytes:
    row = Attachment.objects.get(pk=pk)
    content = bytes(row.content)
    if f"sha256:{_sha(content)}" != digest:
        raise EvidenceChanged(row.name)
    return content


_Key = tuple[str, tuple[str, ...]]  # rows of a kind; figures that stand on the same rows share one sheet


def _key(listed: Listed) -> _Key:
    return listed.kind, listed.ids


def _sheets(
    gathered: Gathered, names: Names, *, title: str, told: str, made: datetime
) -> dict[_Key, tuple[str, bytes]]:
    """Return the rows under the figures as workbooks: kind and ids → path, bytes."""
    found: dict[_Key, tuple[str, bytes]] = {}
    for one in gathered.bases:
        if one.rows is None or not one.rows.ids or _key(one.rows) in found:
            continue
        path = names.give(ROWS, f"{len(found) + 1:03d} {_name(one.figure)}.xlsx")
        found[_key(one.rows)] = (
            path,
            _rows_sheet(gathered, one, one.rows, title=title, told=told, made=made),
        )
    return found


def _name(figure: Figure) -> str:
    return f"{figure.title}（{figure.period.words}）"


def _rows_sheet(
    gathered: Gathered, basis: Basis, listed: Listed, *, title: str, told: str, made: datetime
) -> bytes:
    from wanqi.core.row_sources import source_of

    kind = gathered.pack.records[listed.kind]
    fields = fields_of(kind, columns_of(kind, source_of(listed.kind)))
    out = BytesIO()
    marks = (DEMONSTRATION,) if basis.figure.is_demonstration else ()
    heading = f"{_name(basis.figure)}　{basis.figure.display}　{kind.title}"
    xlsx(
        out, fields, lines_of(gathered, listed), made=made, title=heading, sheet=kind.title, marks=marks, footer=told
    )  # fmt: skip
    return settled(out.getvalue())


def _lines(gathered: Gathered, sheets: dict[_Key, tuple[str, str]], paths: dict[int, str]) -> Iterator[Line]:
    """Yield a line per figure and file; a figure without one has a line that says what it rests on."""
    for one in gathered.bases:
        said = _said(one)
        files = []
        if one.rows is not None and _key(one.rows) in sheets:
            files.append(sheets[_key(one.rows)])
        files += [
            (paths[pk], gathered.files[pk][2].removeprefix("sha256:")) for pk in one.files if pk in paths
        ]
        for path, digest in files or [("", "")]:
            yield Line(one, path, digest, said)


def _said(basis: Basis) -> str:
    figure, parts = basis.figure, list(basis.said)
    if figure.inputs:
        parts.append("由" + "、".join(f"{one.label}{one.display}" for one in figure.inputs) + "算出")
    if basis.rows is not None and basis.rows.hidden:
        parts.append(f"另有{basis.rows.hidden}条记录您的角色不能导出")
    if figure.note:
        parts.append(figure.note.rstrip("。"))
    return "；".join(dict.fromkeys(parts))


def _index_sheet(
    lines: list[Line], *, title: str, told: str, made: datetime, marks: tuple[str, ...]
) -> bytes:
    fields = (
        Field("序号", "count", width=6), Field("数据", width=30), Field("数值", width=14), Field("时期", width=16),
        Field("口径", width=48), Field("依据类别", width=10), Field("记录数", "count", width=8), Field("文件", width=48),
        Field("sha256", width=68), Field("说明", width=48), Field("数据性质", width=10),
    )  # fmt: skip
    rows: list[list[Value]] = []
    for number, line in enumerate(lines, start=1):
        figure, listed = line.basis.figure, line.basis.rows
        rows.append(
            [
                number, figure.title, figure.display, figure.period.words, figure.definition, line.basis.grade,
                len(listed.ids) if listed is not None else None, line.path or "—", line.digest or "—", line.said,
                DEMONSTRATION if figure.is_demonstration else "",
            ]
        )  # fmt: skip
    out = BytesIO()
    xlsx(out, fields, rows, made=made, title=f"{title}{INDEX}", sheet=INDEX, marks=marks, footer=told)
    return settled(out.getvalue())


def _index_report(lines: list[Line], *, title: str, told: str, marks: tuple[str, ...]) -> documents.Report:
    rows = tuple(
        (
            str(number), f"{line.basis.figure.title}（{line.basis.figure.period.words}）",
            line.basis.figure.display, line.basis.grade, line.path or line.said or "—", line.digest[:8] or "—",
        )
        for number, line in enumerate(lines, start=1)
    )  # fmt: skip
    columns = (
        Column("序号"), Column("数据"), Column("数值", numeric=True), Column("依据类别"), Column("文件"),
        Column("sha256前8位"),
    )  # fmt: skip
    note = "文件的完整摘要见目录.xlsx和SHA256SUMS，可用sha256sum -c SHA256SUMS逐个核对。"
    blocks = (
        Paragraph((Text(f"共{len(rows)}项。{note}"),)), Table(columns, rows), Note((Text(told),)),
    )  # fmt: skip
    return documents.Report(title="\n".join((*title_lines(title), INDEX)), blocks=blocks, marks=marks)
