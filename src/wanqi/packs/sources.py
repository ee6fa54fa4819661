"""The files of all packs, as bytes by relative path: from a folder here, from the database on a server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Sources = Mapping[str, bytes]

MAX_FILES = 5_000


def read_directory(path: Path) -> Sources:
    """Return every file below the folder, path → bytes, as `cn-430682/pack.yaml`, sorted.

    Hidden files and symbolic links are left out. Raises FileNotFoundError if the folder does not exist.
    """
    if not path.is_dir():
        raise FileNotFoundError(f"没有文件夹 {path}。用 --packs 指出地区配置所在的文件夹。")
    found: dict[str, bytes] = {}
    for file in sorted(path.rglob("*")):
        relative = file.relative_to(path)
        hidden = any(part.startswith(".") for part in relative.parts)
        if file.is_file() and not file.is_symlink() and not hidden and len(found) < MAX_FILES:
            found[relative.as_posix()] = file.read_bytes()
    return found
