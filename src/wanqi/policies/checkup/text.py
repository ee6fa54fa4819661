"""一企一策·政策篇: the check-up as a report, for Word and PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wanqi.documents import Block, Column, Heading, Note, Paragraph, Report, Table, Text

from .model import DISCLAIMER, Checkup, Condition, Programme, State

TITLE = "一企一策·政策篇"
_NUMBERS = "一二三四五六七八九十"
_TELLING = (State.MET, State.SHORT, State.MISSING, State.JUDGEMENT, State.HELD)
MOST = 12  # programmes told in full


def report(
    found: Checkup, *, name: str, office: str, demonstration: bool, given: Sequence[tuple[str, str]] = ()
) -> Report:
    """Return the report on one enterprise: where it stands, what to supply, programme by programme.

    office: who issues it, in the brackets under the title. The marks say demonstration where the enterprise is one.
    given: (datum, value) as a visitor without an account typed them.
    """
    day = f"{found.on.year}年{found.on.month}月{found.on.day}日"
    marks = (*(("演示数据",) if demonstration else ()), "仅供参考")
    return Report(
        title=f"{name}\n{TITLE}",
        blocks=tuple(_blocks(found, given)),
        unit=office,
        date=day,
        marks=marks,
    )


def _paragraph(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def _note(text: str) -> Note:
    return Note((Text(text),))


def _blocks(found: Checkup, given: Sequence[tuple[str, str]]) -> Iterator[Block]:
    yield _note(f"{DISCLAIMER}。按{found.on.isoformat()}施行的政策比对，“上年度”为{found.base_year}年。")
    parts: list[tuple[str, list[Block]]] = [
        ("总体情况", list(_overview(found))),
        ("先补充的数据", list(_questions(found))),
        ("可以一并申报的事项", list(_combined(found))),
        ("分项比对", list(_programmes(found))),
        ("填写的数据", [Table((Column("数据"), Column("填写的值")), tuple(given))] if given else []),
    ]
    for number, (title, blocks) in enumerate((one for one in parts if one[1]), 0):
        yield Heading(f"{_NUMBERS[number]}、{title}", 1)
        yield from blocks
    yield _note(f"规则版本：地区配置 {found.pack_digest[:19]}。{DISCLAIMER}。")


def _overview(found: Checkup) -> Iterator[Block]:
    rows = [
        (one.title, one.level, one.word, one.amount.words if one.amount else "—", one.window.words)
        for one in found.programmes
        if one.version is not None or one.held
    ]
    if found.ladder:
        reached = [
            title for rung in found.ladder for _, title, state, _ in rung.programmes if state is State.HELD
        ]
        ahead = [title for rung in found.ladder if rung.next for _, title, _, _ in rung.programmes]
        held = f"已到达：{'、'.join(reached)}" if reached else "没有登记或填写梯度内的称号"
        yield _paragraph(f"梯度培育：{held}{f'；下一步：{chr(12289).join(ahead)}' if ahead else ''}。")
    columns = (Column("事项"), Column("级别"), Column("比对结论"), Column("金额"), Column("申报时间"))
    if rows:
        yield Table(columns, tuple(rows), caption="事项比对结果")


def _questions(found: Checkup) -> Iterator[Block]:
    rows = [
        (
            f"{one.period}年度{one.title}" if one.period else one.title,
            one.who,
            str(len(one.decides)),
        )
        for one in found.questions[:10]
    ]
    if rows:
        yield Table(
            (Column("数据"), Column("由谁提供"), Column("可以定下的事项数", numeric=True)), tuple(rows)
        )


def _combined(found: Checkup) -> Iterator[Block]:
    best = found.combination
    if best is None or not best.chosen:
        return
    rows = [(one.title, one.words, one.note or "—") for one in best.chosen]
    rows.append(("合计", best.words, "—"))
    yield Table((Column("事项"), Column("金额", numeric=True), Column("说明")), tuple(rows))
    for title, why in best.left:
        yield _note(f"未选入：{title}，{why}。")


def told(found: Checkup) -> list[Programme]:
    """Return the programmes the report tells condition by condition: the nearest, at most twelve."""
    return [one for one in found.programmes if one.state in _TELLING and one.version is not None][:MOST]


def _programmes(found: Checkup) -> Iterator[Block]:
    for number, one in enumerate(told(found)):
        yield Heading(f"（{_cn(number + 1)}）{one.title}：{one.word}", 2)
        yield _paragraph(_about(one))
        rows = tuple(_rows(one.conditions))
        if rows:
            yield Table(
                (Column("条件"), Column("现有"), Column("要求"), Column("结论"), Column("依据")), rows
            )
        if one.now:
            yield _paragraph(f"{one.window.batch}还可以做的：{''.join(one.now)}")
        if one.next is not None:
            year = one.next.earliest or one.next.year
            yield _paragraph(f"{year}年申报的目标（已经结束的年度，数据不能更改）：{''.join(one.next.lines)}")
        if one.materials:
            yield _paragraph(f"申报材料：{'；'.join(one.materials)}。")


def _about(one: Programme) -> str:
    parts = [
        f"依据{one.document}（适用版本{one.version}）",
        f"主管部门：{one.authority}",
        f"推荐层级：{one.recommended_by}" if one.recommended_by else "",
        f"申报系统：{one.system}" if one.system else "",
        f"申报时间：{one.window.words}",
        f"金额：{one.amount.words}" if one.amount else "",
    ]
    return "；".join(part for part in parts if part) + "。"


def _rows(listed: Sequence[Condition], depth: int = 0) -> Iterator[tuple[str, ...]]:
    """Yield a row a condition; of one that is not met or not decided also what it is made of."""
    for one in listed:
        title = f"{'　' * depth}{one.title}"
        yield (title, one.value, one.threshold or "—", one.word, one.clause.article or "—")
        if one.verdict != "met":
            yield from _rows(one.children, depth + 1)


def _cn(number: int) -> str:
    if number <= 10:
        return _NUMBERS[number - 1]
    return f"十{_NUMBERS[number - 11]}" if number < 20 else str(number)
