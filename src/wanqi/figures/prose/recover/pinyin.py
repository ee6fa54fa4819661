"""Readings in parentheses that a converter of web pages leaves behind a character: 設(shè)施."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from wanqi.figures.prose.recover.offsets import Edit

# A syllable of at most six letters (zhuang), its marks apart or together, a tone number, one letter lost.
_READING = re.compile(
    "(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
    "\\( ?(?P<letters>[a-zêüāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿɡɑ?\ufffd\u0300\u0301\u0304\u0308\u030c]{1,9})[1-5]? ?\\)"
)
_MARKS = re.compile("[\u0300\u0301\u0304\u0308\u030c]")
_SAME = str.maketrans({"ɡ": "g", "ɑ": "a", "v": "ü"})


def readings_in_parentheses(text: str) -> Iterator[Edit]:
    """Yield the removal of every reading that stands in parentheses behind its own character.

    Only letters that are a reading of the character before them go: 浮标(钓具), 产品(chip) and 表(b) stay.
    """
    for match in _READING.finditer(text):
        if _is_reading(match["letters"], text[match.start() - 1]):
            yield Edit(match.start(), match.end(), "", "pinyin")


def _is_reading(letters: str, character: str) -> bool:
    bare = plain(letters)
    known = readings(character)
    if "?" not in bare:
        return bare in known
    # A tone mark lost on the way leaves one sign for the letter that bore it; consonants cannot be lost so.
    pattern = re.compile(re.escape(bare).replace("\\?", "[aeiouü]"))
    return bare.count("?") == 1 and any(pattern.fullmatch(reading) for reading in known)


def plain(letters: str) -> str:
    """A syllable without tone marks, ü for all its spellings but the u that keyboards make of it."""
    apart = unicodedata.normalize("NFD", letters.replace("\ufffd", "?"))
    kept = apart.replace("u\u0308", "ü")
    return _MARKS.sub("", re.sub("u[\u0300\u0301\u0304\u030c]\u0308", "ü", kept)).translate(_SAME)


@lru_cache(maxsize=4096)
def readings(character: str) -> frozenset[str]:
    """All readings of a character, traditional or not, without tones; ü also as u, since tools write both."""
    from pypinyin.pinyin_dict import pinyin_dict  # half a second to load: only for texts with such damage

    known = {plain(reading) for reading in pinyin_dict.get(ord(character), "").split(",") if reading}
    return frozenset(known | {reading.replace("ü", "u") for reading in known})
