"""What can be wrong with a table somebody hands in, as a tree; each says what, where and the next step.

RegistryError
├── TableRefused       the file or text cannot be read as a table, or must not be
├── ListKnown          the same 名单 was handed in before; `pk` is that one
├── MappingRefused     the columns as matched do not make records
└── ProfileMissing     the region has no import profile of this id
"""

from __future__ import annotations

from wanqi.core.errors import WanqiError


class RegistryError(WanqiError):
    code = "registry.error"


class TableRefused(RegistryError):
    """`code` ends in the kind of refusal: `import.zip-bomb`, `import.encrypted` …"""

    status = 422

    def __init__(self, kind: str, cause: str, *, hint: str, place: str = "") -> None:
        super().__init__(cause, hint=hint, place=place)
        self.code = f"import.{kind}"


class MappingRefused(RegistryError):
    code = "import.mapping"
    status = 422


class ProfileMissing(RegistryError):
    code = "import.profile-missing"
    status = 404


class ListKnown(RegistryError):
    """`pk` is the list that was handed in before."""

    code = "registry.list-known"
    status = 409

    def __init__(self, pk: int, cause: str, *, hint: str) -> None:
        super().__init__(cause, hint=hint)
        self.pk = pk
