"""What can go wrong with returns, as a tree.

CollectionError
├── FormRefused      a form's definition does not hold together
├── FormMissing      the region has no form of this id
└── WorkbookRefused  a workbook that is not the one handed out for this return
"""

from __future__ import annotations

from wanqi.core.errors import WanqiError


class CollectionError(WanqiError):
    code = "collection.error"


class FormRefused(CollectionError):
    code = "collection.form-refused"
    status = 422


class FormMissing(CollectionError):
    code = "collection.form-missing"
    status = 404


class WorkbookRefused(CollectionError):
    """`code` ends in the kind of refusal: `return.other-round`, `return.older`, `return.not-ours` …"""

    status = 422

    def __init__(self, kind: str, cause: str, *, hint: str) -> None:
        super().__init__(cause, hint=hint)
        self.code = f"return.{kind}"
