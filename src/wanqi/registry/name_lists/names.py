"""An organisation's printed name: the form in which two of them are compared, and the parts it is made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

# Variant characters that typists and scanners put for the usual one, and that no conversion table knows.
VARIANTS = {
    "囯": "国",
    "徳": "德",
    "髙": "高",
    "淸": "清",
    "恵": "惠",
    "栄": "荣",
    "黒": "黑",
    "広": "广",
    "沢": "泽",
}
COMPATIBLE = (range(0x2100, 0x2150), range(0x2460, 0x2500), range(0x2E80, 0x2FE0), range(0x3200, 0x3400))
LATE = (range(0xF900, 0xFB00), range(0xFE10, 0xFE70), range(0xFF00, 0xFFF0))
LEGAL = re.compile(
    r"(?:集团|控股)*(?:股份有限公司|有限责任公司|有限公司|股份公司|总公司|公司|集团)$"
    r"|(?:农民)?专业合作社(?:联合社)?$|合作社$|联合社$|(?:合伙企业)?(?:有限合伙|普通合伙)$|合伙企业$|总厂$|厂$"
)
BRANCH = re.compile(r"(.+(?:公司|集团|厂))(.{0,12}?(?:分公司|支公司|分厂|分店|办事处|营业部|分中心|工厂))$")
TITLES = "省市县区"
STEM = 2  # characters that must be left of a place once its 省, 市, 县 or 区 is taken off


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. `form` is what exact comparison goes by; the others say what alike names differ in.

    core: without place, legal form and branch (字号 and 行业); suffix: the legal form; places: stems of the region's
    chain that stand in it; branch: what makes it a 分公司 of another.
    """

    form: str
    core: str
    suffix: str = ""
    places: frozenset[str] = field(default_factory=frozenset)
    branch: str = ""


@cache
def table() -> dict[int, str | None]:
    """Return the map by which every text is written before it is compared, for `str.translate`.

    Full-width, circled and radical forms become the usual ones, traditional characters simplified, letters lower;
    blanks and punctuation go, but for brackets, which become half-width, and line feeds.
    """
    found: dict[int, str | None] = {}
    for code in (*range(0x3400), *range(0xFE00, 0x10000), 0xE000):
        if unicodedata.category(chr(code))[0] in "PZCSM":
            found[code] = None
    for code in (code for one in (*COMPATIBLE, *LATE) for code in one):
        usual = unicodedata.normalize("NFKC", chr(code))
        if usual != chr(code):
            kept = "".join(char for char in usual if unicodedata.category(char)[0] in "LN")
            found[code] = kept.lower() or None
    found |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    found |= _simplified()
    found |= {ord(odd): usual for odd, usual in VARIANTS.items()}
    found |= dict.fromkeys(map(ord, "(（﹙[［【〔〖"), "(") | dict.fromkeys(map(ord, ")）﹚]］】〕〗"), ")")
    del found[ord("\n")]
    return found


def _simplified() -> dict[int, str | None]:
    from opencc import OpenCC  # its tables take a tenth of a second that most pages never need

    convert = OpenCC("t2s").convert
    # One character at a time: whole words would be turned by their neighbours, and a name has few.
    pairs = ((code, convert(chr(code))) for code in range(0x3400, 0xA000))
    return {code: simple for code, simple in pairs if len(simple) == 1 and simple != chr(code)}


def written(text: str) -> str:
    """Return text as it is compared, with half-width brackets still in it; line feeds stay."""
    return text.translate(table())


def unbracketed(half: str) -> str:
    """Return what `written` gave without its brackets: the form by which names are the same."""
    return half.replace("(", "").replace(")", "") if "(" in half or ")" in half else half


def stem(place: str) -> str:
    """Return a place without 省, 市, 县 or 区: 临湘市 → 临湘; names of two characters stay whole."""
    bare = place.removesuffix("自治州").removesuffix("地区")
    return bare[:-1] if bare[-1:] in TITLES and len(bare) > STEM else bare


class Speller:
    """Takes names apart by the place words of one region's chain (湖南省, 岳阳市, 临湘市)."""

    def __init__(self, places: Iterable[str]) -> None:
        words = {word for place in places for word in (place, stem(place)) if word}
        self.words = tuple(sorted(map(written, words), key=len, reverse=True))
        spelled = "|".join(map(re.escape, self.words)) or r"(?!)"
        self._start = re.compile(rf"^(?:{spelled})+")
        self._word = re.compile(spelled)
        self._bracketed = re.compile(rf"\((?:{spelled})+\)")

    def name(self, text: str) -> Name:
        """Return a printed name taken apart."""
        return self.apart(written(text.replace("\n", "")))

    def apart(self, half: str) -> Name:
        """Return the parts of what `written` gave."""
        form = unbracketed(half)
        rest, found = half, ""
        if "(" in half:
            found = "".join(self._bracketed.findall(half))
            rest = unbracketed(self._bracketed.sub("", half))
        branch = ""
        if whole := BRANCH.match(rest):
            rest, branch = whole[1], whole[2]
        if start := self._start.match(rest):
            found += start[0]
            rest = rest[start.end() :]
        legal = LEGAL.search(rest)
        suffix = legal[0] if legal else ""
        core = rest[: len(rest) - len(suffix)] if suffix else rest
        places = frozenset(stem(word) for word in self._word.findall(found)) if found else frozenset()
        return Name(form, core or rest or form, suffix, places, branch)


# --- sound ------------------------------------------------------------------------------------------------

# Pairs that speakers of the south write for one another; only for finding candidates, never for deciding.
MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def sounds() -> dict[int, int]:
    """Return a map from each character to one that stands for its syllable, for `str.translate`."""
    from pypinyin.pinyin_dict import pinyin_dict

    stands: dict[str, int] = {}
    found = {}
    for code, readings in pinyin_dict.items():
        if 0x4E00 <= code < 0xA000:
            plain = unicodedata.normalize("NFD", readings.split(",")[0]).replace("u\u0308", "v")
            syllable = "".join(char for char in plain if "a" <= char <= "z")
            for odd, usual in MERGED:
                syllable = syllable.replace(odd, usual)
            found[code] = stands.setdefault(syllable, 0xE000 + len(stands))
    return found


def sounded(text: str) -> str:
    """Return text with every Chinese character replaced by the sign of its sound (first reading, no tone)."""
    return text.translate(sounds())


# --- what differs -----------------------------------------------------------------------------------------

Piece = tuple[str, bool]  # characters, whether the other name has them too


def differences(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Return both names in pieces, each marked whether the other has it; width, brackets and script do not count."""
    from rapidfuzz.distance import Indel

    left, right = [_plain(char) for char in one], [_plain(char) for char in other]
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for step in Indel.opcodes(left, right):
        here, there = one[step.src_start : step.src_end], other[step.dest_start : step.dest_end]
        for text, kept in ((here, pieces[0]), (there, pieces[1])):
            if text:
                kept.append((text, step.tag == "equal" or not unbracketed(written(text))))
    return pieces


def _plain(char: str) -> str:
    return written(char) or char


def pairs_of(text: str) -> Sequence[str]:
    """Return the neighbouring pairs of characters, each once; a single character stands for itself."""
    if len(text) < 2:
        return (text,) if text else ()
    return tuple(dict.fromkeys(text[at : at + 2] for at in range(len(text) - 1)))
