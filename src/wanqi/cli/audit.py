"""`wanqi audit`: the figures of a report that cannot be true, without Django and without a database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wanqi.cli.errors import LineIncomplete

if TYPE_CHECKING:
    from wanqi.documents.drafts import Draft
    from wanqi.figures import Audit, AuditFinding
    from wanqi.figures.prose.binding import Binding

SHAPE = '{"id": 1, "text": "1—6月，……"}'


@click.command()
@click.argument(
    "file", metavar="文件", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="输出一行JSON")
@click.option("--jsonl", is_flag=True, help="从标准输入逐行读JSON（id、text），逐行输出结果")
@click.option(
    "--with",
    "earlier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="以前的材料，对照上期、上年末、上年同期的数",
)
def audit(file: Path | None, *, as_json: bool, jsonl: bool, earlier: Path | None) -> None:
    """报送前核对：读出材料中的数据，列出哪些数对不上、算式是什么、改哪一处就能相符。

    可以核对 .txt、.docx、.pdf、.html 文件；不联网，不保存内容。查出疑点时退出状态仍为0；
    材料读不了，或 --jsonl 有读不了的行，退出状态为1。
    """
    if (file is None) is not jsonl:
        raise _usage("请写明一个文件，或用 --jsonl 从标准输入逐行读，二者选一")
    if jsonl and as_json:
        raise _usage("--jsonl 的输出已是JSON，不必再写 --json")
    if jsonl and earlier:
        raise _usage("--with 只用于核对文件，不能与 --jsonl 同用")
    if jsonl:
        sys.exit(1 if _answer_all() else 0)
    assert file is not None
    _check_file(file, earlier=earlier, as_json=as_json)


def _check_file(file: Path, *, earlier: Path | None, as_json: bool) -> None:
    from wanqi.cli.lines import json_line
    from wanqi.figures import audit as audited

    draft = _read(file)
    found, beside = audited(draft.text), None
    if earlier is not None:
        found, beside = _beside(found, audited(_read(earlier).text), title=earlier.stem)
    if as_json:
        sys.stdout.buffer.write(json_line(as_data(found, id=file.name, beside=beside)))
        return
    for notice in draft.notices:
        click.echo(f"提示：{notice}", err=True)
    click.echo(told(found, place=draft.place, beside=beside))


def _beside(found: Audit, before: Audit, *, title: str) -> tuple[Audit, Binding]:
    """Return the audit with what laying it beside an earlier text gave, and that."""
    from wanqi.figures import LEVEL_TITLES
    from wanqi.figures.prose.binding import Earlier, bind

    beside, order = bind(found, earlier=(Earlier(title, before),)), list(LEVEL_TITLES)
    own = {one.key for one in found.findings}
    findings = (*found.findings, *(one for one in beside.findings if one.key not in own))
    ordered = sorted(findings, key=lambda one: (order.index(one.level), one.span))
    return replace(found, findings=tuple(ordered)), beside


def _usage(said: str) -> click.UsageError:
    return click.UsageError(said, ctx=click.get_current_context())


def _answer_all() -> int:
    from wanqi.cli.lines import answer_lines

    return answer_lines(
        sys.stdin.buffer,
        _answer,
        needs=("id", "text"),
        shape=SHAPE,
        out=sys.stdout.buffer,
        errors=sys.stderr.buffer,
    )


def _answer(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    from wanqi.figures import audit as audited

    if not isinstance(given["text"], str):
        raise LineIncomplete("text 不是文字", hint=f"text 写成引号内的文字，如 {SHAPE}")
    yield as_data(audited(given["text"]), id=given["id"])


def _read(file: Path) -> Draft:
    from wanqi.documents.drafts import read_draft
    from wanqi.documents.errors import DraftRefused

    try:
        return read_draft(file.name, file.read_bytes())
    except DraftRefused as error:
        error.place = f"{file.name} {error.place}".strip()
        raise


def as_data(found: Audit, *, id: Any, beside: Binding | None = None) -> dict[str, Any]:
    """Return an audit as the answer of `--json` and `--jsonl`; spans count characters of the text as given.

    beside: what an earlier text had to say; adds `bound` and `unbound`.
    """
    answer = {
        "id": id,
        "read": found.read,
        "checked": found.checked,
        "findings": [
            {
                "level": one.level,
                "relation": one.relation,
                "figures": list(one.figures),
                "span": list(one.span),
                "message": one.message,
                "repair": list(one.repair),
            }
            for one in found.findings
        ],
    }
    if beside is None:
        return answer
    unbound = [
        {"figure": one.mention.text, "span": list(one.mention.span), "reason": one.reason}
        for one in beside.unbound
    ]
    return {**answer, "bound": beside.bound, "unbound": unbound}


def told(found: Audit, *, place: Callable[[int], str], beside: Binding | None = None) -> str:
    """Return an audit in words: the findings with their sums and repairs, then what was read and weighed.

    place: character of the text → where that is in the file, such as 正文第3段.
    """
    parts = [
        _finding(number, one, found.text, place(one.span[0]))
        for number, one in enumerate(found.findings, start=1)
    ]
    if found.read and not parts:
        parts.append("没有发现疑点。")
    if beside is not None:
        parts.append(_unbound(beside))
    parts.append(found.summary if found.read else "没有读到数据：请核对文件是不是要报送的材料。")
    return "\n\n".join(parts)


def _unbound(beside: Binding) -> str:
    reasons: dict[str, list[str]] = {}
    for one in beside.unbound:
        reasons.setdefault(one.reason, []).append(one.mention.text)
    return "\n".join(
        [beside.summary, *(f"   {'、'.join(figures)}：{reason}" for reason, figures in reasons.items())]
    )


def _finding(number: int, one: AuditFinding, text: str, place: str) -> str:
    from wanqi.figures import LEVEL_TITLES

    where = f"（{place}）" if place else ""
    lines = [f"{number}. {LEVEL_TITLES[one.level]}{where}：{one.message}"]
    lines.append(f"   原文：{' '.join(text[slice(*one.span)].split())}")
    sums = [line for line in one.arithmetic if line not in one.message]  # the message may show them already
    lines += [f"   算式：{'；'.join(sums)}"] if sums else []
    lines += [f"   改任意一处即可相符：{'、'.join(one.repair)}"] if one.repair else []
    return "\n".join(lines)
