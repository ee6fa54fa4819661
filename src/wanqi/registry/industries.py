"""Industries by their code of GB/T 4754: the name to show beside a code, and what is wrong with one somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from wanqi.packs import Pack

LIST = "gbt4754-classes"
_LEAST, _MOST = 2, 4  # digits of a division, of a class
_SHOWN = 4


def names(pack: Pack) -> Mapping[str, str]:
    """Return code → name of every division, group and class; empty where the region has no such list."""
    found = pack.codes.get(LIST)
    return {} if found is None else found.codes


def industry_name(code: str, known: Mapping[str, str]) -> str:
    """Return the name of a code, else that of the narrowest group that is known around it, "" without any."""
    around = (known.get(code[:length]) for length in range(len(code), _LEAST - 1, -1))
    return next((name for name in around if name), "")


def industry_problem(code: str, known: Mapping[str, str]) -> str | None:
    """Return what is wrong with a code and what stands near it, in one sentence; None where it is one of the list."""
    if not known or code in known:
        return None
    heads = [code[:length] for length in range(len(code) - 1, _LEAST - 1, -1) if code[:length] in known]
    digits = min(len(code), _MOST)
    beside = [one for one in known if heads and one.startswith(heads[0]) and len(one) == digits]
    near = beside or get_close_matches(code, known, n=_SHOWN)
    listed = "、".join(f"{one} {known[one]}" for one in near[:_SHOWN])
    hint = f"相近的有：{listed}。" if listed else "请写2至4位数字，如2614。"
    return f"国民经济行业分类中没有“{code}”。{hint}"
