"""What can go wrong in the house, as a tree; every error says what, where and the next step.

WanqiError
├── AccessRefused      no role that may do it
├── RowMissing         absent, or not this actor's: both look the same
├── RowStale           somebody else changed the row meanwhile
├── RowInvalid         values refused, with a message per field
├── ReasonMissing      a correction or withdrawal without its reason
├── StepRefused        the row's state does not allow it
├── SourceMissing      nobody keeps rows of that kind
└── PackMissing        no region pack is loaded
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class WanqiError(Exception):
    """Root: `code` is stable, `cause` says what and where, `hint` the next step; all in Chinese."""

    code = "core.error"
    status = 400

    def __init__(self, cause: str, *, hint: str = "", place: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        return " ".join(part for part in (self.place, self.cause, self.hint) if part)


class AccessRefused(WanqiError):
    code = "core.access-refused"
    status = 403


class RowMissing(WanqiError):
    code = "core.row-missing"
    status = 404


class RowStale(WanqiError):
    code = "core.row-stale"
    status = 409


class RowInvalid(WanqiError):
    """`fields` maps a field's name to its messages; "" holds those of the row as a whole."""

    code = "core.row-invalid"
    status = 422

    def __init__(
        self, fields: Mapping[str, Sequence[str]], *, hint: str = "请改正后再提交，已填内容仍保留。"
    ) -> None:
        self.fields = {name: tuple(messages) for name, messages in fields.items()}
        super().__init__(
            "；".join(message for messages in self.fields.values() for message in messages), hint=hint
        )


class ReasonMissing(RowInvalid):
    code = "core.reason-missing"

    def __init__(self) -> None:
        super().__init__({"reason": ["请填写原因：更正和撤销都要留下原因。"]})


class StepRefused(WanqiError):
    code = "core.step-refused"
    status = 409


class SourceMissing(WanqiError):
    code = "core.source-missing"
    status = 404


class PackMissing(WanqiError):
    code = "core.pack-missing"
    status = 503
