"""Passages of a text: what stands between two full stops or semicolons, read into figures and entries."""

from __future__ import annotations

from collections.abc import Iterator

from wanqi.figures.prose import words
from wanqi.figures.prose.entries import entries_of
from wanqi.figures.prose.frames import Figure, Passage
from wanqi.figures.prose.lexer import Token
from wanqi.figures.prose.roles import assign, follow
from wanqi.figures.prose.sharing import inherit_rates, inherit_units

# A passage of more tokens has lost its full stops: it is cut at the next comma.
_LONGEST = 240
_ENDS = frozenset("。！!？?\n")


def passages(stream: Iterator[Token], text: str) -> Iterator[Passage]:
    """The passages of a token stream, one at a time; nothing of an earlier passage is kept."""
    held: list[Token] = []
    sentence = paragraph = 0
    depth = 0
    for token in stream:
        held.append(token)
        if token.kind != "mark":
            continue
        if token.text in "(（":
            depth += 1
        elif token.text in ")）":
            depth = max(0, depth - 1)
        ends = token.text in _ENDS
        too_long = len(held) > _LONGEST and token.text in ",，、;；"
        if ends or too_long or (token.text in ";；" and not depth):
            yield _passage(held, text, sentence, paragraph)
            held = []
            depth = 0
            sentence += ends
            paragraph += token.text == "\n"
    if held:
        yield _passage(held, text, sentence, paragraph)


def _passage(held: list[Token], text: str, sentence: int, paragraph: int) -> Passage:
    start, end = held[0].start, held[-1].end
    figures = _figures(held)
    inherit_rates(figures)
    inherit_units(figures, held)
    for n, figure in enumerate(figures):
        figure.number = n
    for figure in figures:
        assign(figure, figures)
        follow(figure, figures)
    periods = tuple(token.text for token in held if token.kind == "period")
    damaged = any(token.sort == "damaged" for token in held)
    whole = text[start:end]
    made = Passage(
        start,
        end,
        whole,
        figures,
        [],
        periods,
        damaged,
        sentence,
        paragraph,
        flat=bool(words.FLAT.search(whole)),
        table="\t" in whole,
        tokens=tuple(held),
    )
    made.entries = entries_of(made)
    return made


def _figures(held: list[Token]) -> list[Figure]:
    """The figures of a passage with the words around them."""
    figures: list[Figure] = []
    label, mark, outer = "", "", ""
    periods: tuple[str, ...] = ()
    open_label: list[str] = []
    pending: list[Figure] = []
    for token in held:
        if token.kind == "figure":
            figure = Figure(
                token,
                label,
                mark,
                periods,
                open_label[-1] if open_label else "",
                quantity=token.quantity,
                inner=bool(open_label),
            )
            figures.append(figure)
            for one in pending:
                one.next_mark = one.next_mark or "F"
            pending = [figure]
            label, mark, periods = "", "F", ()
        elif token.kind == "mark":
            for one in pending:
                one.next_mark = one.next_mark or token.text
            pending = []
            if token.text in "(（":
                open_label.append(label)
                label, mark = "", "("
            elif token.text in ")）":
                outer = open_label.pop() if open_label else ""
                label, mark = (outer if not outer.endswith(("总数", "总量")) else ""), ")"
            else:
                label, mark, periods = "", token.text, ()
        else:
            piece = token.text.strip()
            if token.kind == "period":
                periods += (piece,)
            else:
                label += piece
            for one in pending:
                one.after += piece if token.kind != "period" else ""
    return figures
