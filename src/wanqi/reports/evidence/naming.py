"""File names that Windows, WPS and unpackers of every age take."""

from __future__ import annotations

import re
import unicodedata

MOST = 60  # characters of a name without its ending: a deep folder still fits into the 260 of Windows
_REFUSED = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def safe_name(name: str, *, otherwise: str = "未命名") -> str:
    """Return a file name without signs that Windows refuses, no reserved word, not too long; its ending is kept."""
    clean = unicodedata.normalize("NFC", name)
    clean = "".join(char for char in clean if char.isprintable() or char == "\t")
    clean = " ".join(_REFUSED.sub("_", clean).split())
    found = _ENDING.search(clean)
    ending = found[0] if found else ""
    stem = clean.removesuffix(ending).strip(" .")[:MOST].strip(" .")
    if not stem:
        stem = otherwise
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem + ending


class Names:
    """Names given out in one folder tree: each once, whatever the case of its letters."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, folder: str, name: str) -> str:
        """Return `folder/name`, with a number before the ending where the name is taken."""
        clean = safe_name(name)
        found = _ENDING.search(clean)
        ending = found[0] if found else ""
        stem = clean.removesuffix(ending)
        path, number = f"{folder}/{clean}", 1
        while path.casefold() in self._taken:
            number += 1
            path = f"{folder}/{stem}（{number}）{ending}"
        self._taken.add(path.casefold())
        return path
