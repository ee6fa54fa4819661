"""The rounds of mending, and the mended text with its map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from wanqi.figures.prose.recover.damage import damaged
from wanqi.figures.prose.recover.forms import folded, invisible, simplified
from wanqi.figures.prose.recover.numbers import bold, doubled, torn
from wanqi.figures.prose.recover.offsets import Edit, Offsets, rewritten
from wanqi.figures.prose.recover.pinyin import readings_in_parentheses
from wanqi.figures.prose.recover.wrapping import wrapped

REPAIR_TITLES = {
    "pinyin": "夹注的拼音",
    "traditional": "繁体字",
    "width": "全角或异体符号",
    "invisible": "看不见的符号",
    "emphasis": "加粗标记",
    "doubled": "重复的标点",
    "wrapped": "段落中的硬换行",
    "thousands": "断开的千分位",
    "decimal": "断开的小数",
}
_Round = Callable[[str], Iterator[Edit]]


@dataclass(frozen=True, slots=True)
class Recovered:
    """A mended text and its map to the original.

    `text` is simplified, its digits and signs in one form (half width). `damaged` are spans of `text` where
    digits may be lost; `repairs` counts what was mended by kind (REPAIR_TITLES names the kinds on screen).
    """

    text: str
    original: str
    damaged: tuple[tuple[int, int], ...] = ()
    repairs: Mapping[str, int] = field(default_factory=dict)
    _rounds: tuple[Offsets, ...] = field(default=(), repr=False, compare=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of `original` that `start`..`end` of `text` came from, with what was taken out of it.

        Monotone, and total: every character of `text` has its place. An empty stretch gives an empty one.
        """
        for offsets in reversed(self._rounds):
            start, end = offsets.back(start, end)
        return start, end


def recover(text: str) -> Recovered:
    """`text` ready to be read; any string is taken, in time linear in its length."""
    counts: Counter[str] = Counter()
    rounds: list[Offsets] = []
    seen = _mended(text, invisible, counts, rounds)
    now = folded(seen)
    counts["width"] = _differing(seen, now)
    now = _mended(now, readings_in_parentheses, counts, rounds)
    simple = simplified(now)
    counts["traditional"] = _differing(now, simple)
    now = _mended(simple, wrapped, counts, rounds)
    now = _mended(now, _punctuation, counts, rounds)
    now = _mended(now, torn, counts, rounds)
    return Recovered(
        text=now,
        original=text,
        damaged=damaged(now),
        repairs={kind: counts[kind] for kind in REPAIR_TITLES if counts[kind]},
        _rounds=tuple(rounds),
    )


def _punctuation(text: str) -> Iterator[Edit]:
    return chain(bold(text), doubled(text))


def _mended(text: str, mend: _Round, counts: Counter[str], rounds: list[Offsets]) -> str:
    """`text` after one round; the round's map and counts are noted where anything changed."""
    changed, made = rewritten(text, mend(text))
    if made:
        counts.update(edit.kind for edit in made)
        rounds.append(Offsets(made))
    return changed


def _differing(one: str, other: str) -> int:
    return 0 if one == other else sum(a != b for a, b in zip(one, other, strict=True))
