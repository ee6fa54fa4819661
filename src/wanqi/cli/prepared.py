"""Whether an installation is still as its last preparation left it, told without starting Django.

The mark stands inside the cluster's folder, so that a restored or new cluster never carries another one's.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from wanqi.cli.cluster import Cluster

PACKAGE = Path(__file__).resolve().parents[1]
PROJECT = PACKAGE.parents[1]
WHAT_COUNTS = (PACKAGE, Path("regions"), PROJECT / "requirements.lock")


class Mark:
    """The mark of one preparation command; a database of one's own has none and is always prepared."""

    def __init__(self, data: Path, command: tuple[str, ...], cluster: Cluster | None) -> None:
        self.data = data
        self.path = cluster.place.cluster / "wanqi-prepared.json" if cluster else None
        self.said = {"command": list(command), "files": files_digest(), "python": sys.version}

    def holds(self) -> bool:
        """Return whether the command was the last one run here and nothing it reads has changed since."""
        from wanqi.settings import STATIC_ROOT

        needed = [Path(STATIC_ROOT) / "collected"]
        if "demo" in self.said["command"]:
            needed.append(self.data / "demo-accounts.txt")
        if self.path is None or not all(path.exists() for path in needed):
            return False
        try:
            return bool(json.loads(self.path.read_text(encoding="utf-8")) == self.said)
        except (OSError, ValueError):
            return False

    def set(self) -> None:
        """Note that the command has run to its end."""
        if self.path is not None:
            self.path.write_text(json.dumps(self.said), encoding="utf-8")


def files_digest() -> str:
    """Return a digest of the program, the region packs and the lock: names and contents, in order."""
    seen = hashlib.sha256()
    for top in WHAT_COUNTS:
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and path.suffix != ".pyc":
                seen.update(f"{path}\0{path.stat().st_size}\0".encode())
                seen.update(path.read_bytes())
    return "sha256:" + seen.hexdigest()
