"""What can be wrong around a command: the code names the case, the sentence says what to do.

EnvironmentRefused      something of this machine, not of the input: exit status 3
LineRefused             one line of many; the others are answered: exit status 1
├── LineUnreadable      it is no JSON in UTF-8
├── LineIncomplete      it is JSON, but not what the command asks for
└── LineValueRefused    a value in it is not what the vocabulary allows; its code says which case
"""

from __future__ import annotations


class EnvironmentRefused(Exception):
    """`code` is stable; `place` where, `cause` what, `hint` the next step; all but the code in Chinese."""

    exit_status = 3

    def __init__(self, code: str, *, place: str, cause: str, hint: str) -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        self.cause = cause
        self.hint = hint

    def __str__(self) -> str:
        return sentence(self)


class LineRefused(Exception):
    """`code` is stable; `cause` what, `hint` the next step, both in Chinese."""

    code = "line.refused"

    def __init__(self, cause: str, *, hint: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.hint = hint


class LineUnreadable(LineRefused):
    code = "line.unreadable"


class LineIncomplete(LineRefused):
    code = "line.incomplete"


class LineValueRefused(LineRefused):
    """`code` is that of the refusal of the value."""

    def __init__(self, code: str, cause: str, *, hint: str) -> None:
        super().__init__(cause, hint=hint)
        self.code = code


def sentence(error: BaseException) -> str:
    """Return the one line a clerk reads for an error that has code, place, cause and hint (any may be
    empty).
    """
    place, cause, hint, code = (
        str(getattr(error, name, "") or "") for name in ("place", "cause", "hint", "code")
    )
    cause = cause or str(error)
    said = f"{place}：{cause}" if place else cause
    said = said.rstrip("。；") + (f"；{hint}" if hint else "")
    return said.rstrip("。") + "。" + (f"[{code}]" if code else "")
