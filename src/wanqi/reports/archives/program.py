"""Which program made an archive: its version, the digest of its code and of the lock of everything it stands on."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import wanqi

LOCK = "requirements.lock"
_CODE = frozenset({".py", ".typ", ".otf"})


@cache
def program() -> Mapping[str, str]:
    """Return version, code and lock of the running program, and its Python; digests carry their algorithm's name.

    Without a lock file beside the program (installed otherwise) the lock is the digest of the installed packages.
    """
    folder = Path(wanqi.__file__ or ".").resolve().parent
    return {
        "version": wanqi.__version__,
        "code": _digest_of_folder(folder),
        "lock": _lock(folder.parent.parent / LOCK),
        "python": platform.python_version(),
    }


def same_program(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether equal bytes are promised between two programs: same code and same lock."""
    return (one.get("code"), one.get("lock")) == (other.get("code"), other.get("lock"))


def digest(content: bytes) -> str:
    """Return `sha256:<hex>`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _digest_of_folder(folder: Path) -> str:
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _CODE and path.is_file():
            seen.update(path.relative_to(folder).as_posix().encode() + b"\0")
            seen.update(hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{seen.hexdigest()}"


def _lock(path: Path) -> str:
    if path.is_file():
        return digest(path.read_bytes())
    installed = sorted(f"{one.name}=={one.version}" for one in metadata.distributions())
    return digest("\n".join(installed).encode())
