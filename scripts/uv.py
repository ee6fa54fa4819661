"""Run the project's uv with this machine's package settings: pip's apply wherever uv has none of its own.

Needs nothing but Python and pip. Many install from a mirror that pip's settings name; uv does not read them.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

UV = Path(__file__).resolve().parent.parent / ".tools" / "bin" / "uv"
# pip's setting → uv's variables; the first is set, unless one of them is already
NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
    "find-links": ("UV_FIND_LINKS",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "default-timeout": ("UV_HTTP_TIMEOUT",),
    "timeout": ("UV_HTTP_TIMEOUT",),
    "cert": ("SSL_CERT_FILE",),
    "proxy": ("ALL_PROXY",),
}


def pip_settings() -> dict[str, str]:
    """Return pip's settings of this machine by bare name; later sources prevail, as in pip."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in ("global", "install", ":env:"):
            found[key] = str(ast.literal_eval(value))
    return found


def environment() -> dict[str, str]:
    """Return the environment uv runs in."""
    env = {"UV_PYTHON_DOWNLOADS": "never", **os.environ}
    settings = pip_settings()
    for name, variables in NAMES.items():
        value = " ".join(part for part in settings.get(name, "").split() if reachable(part))
        if value and not any(variable in env for variable in variables):
            env[variables[0]] = value.replace(" ", ",") if variables[0] == "UV_FIND_LINKS" else value
    # Every package is checked against the hash in the lock, so it does not matter which index it comes from.
    env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return env


def reachable(source: str) -> bool:
    """Return False for a local folder that does not exist, over which uv would stop and pip does not."""
    path = source.removeprefix("file://")
    return not path.startswith("/") or Path(path).exists()


if __name__ == "__main__":
    os.execve(UV, [str(UV), *sys.argv[1:]], environment())
