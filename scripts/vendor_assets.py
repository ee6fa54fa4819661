#!/usr/bin/env python3
"""Fetch the front-end files that the product carries, or check the committed ones without a network.

    python3 scripts/vendor_assets.py            fetch, verify, copy, write the lock and the licence section
    python3 scripts/vendor_assets.py --check    compare the committed files with the lock (offline)

Fetching runs `npm pack` for each pinned package, verifies the sha512 integrity that the registry states (and
that the lock already holds for the same version), copies only the listed files, drops source maps, and builds
one SVG sprite from icons.txt. The lock holds names, versions and digests; no address.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "wanqi" / "web"
VENDOR = WEB / "static" / "vendor"
LOCK = WEB / "assets.lock.json"
ICONS = WEB / "icons.txt"
THIRD_PARTY = ROOT / "THIRD_PARTY.md"
BEGIN, END = "<!-- front-end: begin -->", "<!-- front-end: end -->"
SVG = "{http://www.w3.org/2000/svg}"
SOURCE_MAP = re.compile(rb"(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")

MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this
software and associated documentation files (the "Software"), to deal in the Software without
restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


class AssetRefused(Exception):
    """A file, digest or name that is not what the lock or the list says."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One pinned package: which files are copied, where to, and its licence.

    files: path in the package -> path below static/vendor.
    licences: paths in the package whose text is carried.
    notice: text used where the package brings no licence file of its own.
    """

    name: str
    version: str
    licence: str
    files: dict[str, str]
    licences: tuple[str, ...] = ()
    notice: str = ""


PACKAGES = (
    Package(
        name="@tabler/core",
        version="1.6.1",
        licence="MIT",
        files={"dist/css/tabler.min.css": "tabler/tabler.min.css"},
        notice="Copyright 2018-2026 The Tabler Authors\nCopyright 2018-2026 codecalm.net Paweł Kuna\n"
        "Contains parts of Bootstrap, Copyright 2011-2026 The Bootstrap Authors (MIT).\n\n" + MIT,
    ),
    Package(
        name="htmx.org",
        version="2.0.11",
        licence="0BSD",
        files={"dist/htmx.min.js": "htmx/htmx.min.js"},
        licences=("LICENSE",),
    ),
    Package(
        name="echarts",
        version="6.1.0",
        licence="Apache-2.0",
        files={
            "dist/echarts.common.min.js": "echarts/echarts.common.min.js",
            "LICENSE": "echarts/LICENSE.txt",
            "NOTICE": "echarts/NOTICE.txt",
        },
        licences=("NOTICE", "licenses/LICENSE-d3"),
    ),
    Package(name="@tabler/icons", version="3.51.0", licence="MIT", files={}, licences=("LICENSE",)),
)


def npm(*arguments: str, folder: Path) -> str:
    """Return what npm prints. Raises AssetRefused with npm's last line when it fails."""
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise AssetRefused(
            f"npm {' '.join(arguments)} failed: {last}. Check the network and the npm settings."
        )
    return done.stdout.strip()


def fetch(package: Package, *, folder: Path, locked: dict[str, str]) -> tuple[dict[str, bytes], str]:
    """Return the package's files by path and its sha512 integrity; raises AssetRefused if digests differ."""
    spec = f"{package.name}@{package.version}"
    stated = npm("view", spec, "dist.integrity", folder=folder)
    archive = folder / npm("pack", "--silent", spec, folder=folder).splitlines()[-1]
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode("ascii")
    if digest != stated:
        raise AssetRefused(
            f"{spec}: the archive's digest is {digest}, the registry states {stated}. Do not use it."
        )
    if locked.get(spec, digest) != digest:
        raise AssetRefused(f"{spec}: the lock holds {locked[spec]}, the archive has {digest}. Do not use it.")
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive.read_bytes())) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None:
                files[member.name.split("/", 1)[1]] = content.read()
    return files, digest


def icon_names() -> list[str]:
    """Return the names listed in icons.txt, in its order, without comments."""
    lines = (line.strip() for line in ICONS.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def sprite(files: dict[str, bytes], *, names: list[str]) -> bytes:
    """Return one SVG file with a symbol per name; strokes are left to the style sheet."""
    symbols: list[str] = []
    for name in names:
        source = files.get(f"icons/outline/{name}.svg")
        if source is None:
            raise AssetRefused(
                f"icons.txt: there is no outline icon {name!r} in @tabler/icons. Correct the name."
            )
        shapes = []
        for shape in ElementTree.fromstring(source):
            if shape.get("stroke") == "none":
                continue  # the invisible square that only reserves the space
            tag = shape.tag.removeprefix(SVG)
            shapes.append("<" + tag + "".join(f' {key}="{value}"' for key, value in shape.items()) + "/>")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode("utf-8")


def licence_section(texts: dict[str, tuple[Package, str]]) -> str:
    """Return the Markdown between the two marks of THIRD_PARTY.md."""
    parts = [BEGIN, "## Front-end files (`src/wanqi/web/static/vendor`)", ""]
    for spec, (package, text) in texts.items():
        parts += [f"### {spec} ({package.licence})", "", "```text", text.strip(), "```", ""]
    return "\n".join([*parts, END])


def write_licences(section: str) -> None:
    """Replace the front-end section of THIRD_PARTY.md, or append it; other sections stay as they are."""
    old = (
        THIRD_PARTY.read_text(encoding="utf-8")
        if THIRD_PARTY.exists()
        else "# Third-party software and fonts\n"
    )
    if BEGIN in old:
        head, _, rest = old.partition(BEGIN)
        new = head + section + rest.partition(END)[2]
    else:
        new = old.rstrip("\n") + "\n\n" + section + "\n"
    THIRD_PARTY.write_text(new, encoding="utf-8")


def update() -> None:
    """Fetch every package and rewrite static/vendor, the lock and the licence section."""
    locked = json.loads(LOCK.read_text(encoding="utf-8"))["packages"] if LOCK.exists() else {}
    digests: dict[str, str] = {}
    written: dict[str, bytes] = {}
    texts: dict[str, tuple[Package, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            spec = f"{package.name}@{package.version}"
            files, digests[spec] = fetch(package, folder=Path(folder), locked=locked)
            for source, target in package.files.items():
                written[target] = SOURCE_MAP.sub(b"", files[source])
            if package.name == "@tabler/icons":
                written["icons.svg"] = sprite(files, names=icon_names())
            carried = [files[path].decode("utf-8") for path in package.licences]
            texts[spec] = (package, "\n\n".join([text for text in (package.notice, *carried) if text]))
    for old in sorted(VENDOR.rglob("*"), reverse=True):
        if old.is_file():
            old.unlink()
    for target, content in written.items():
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    lock = {
        "packages": digests,
        "icons": hashlib.sha256("\n".join(icon_names()).encode()).hexdigest(),
        "files": {target: hashlib.sha256(written[target]).hexdigest() for target in sorted(written)},
    }
    LOCK.write_text(json.dumps(lock, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_licences(licence_section(texts))


def problems() -> list[str]:
    """Return one line per difference between the committed files, the lock, the icons and the licences."""
    if not LOCK.exists():
        return [f"{LOCK.relative_to(ROOT)} is missing. Run scripts/vendor_assets.py once with a network."]
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    found = []
    present = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    for name, digest in lock["files"].items():
        if name not in present:
            found.append(f"static/vendor/{name} is in the lock but missing.")
        elif hashlib.sha256(present[name].read_bytes()).hexdigest() != digest:
            found.append(f"static/vendor/{name} differs from the lock. Restore it or vendor it again.")
    found += [
        f"static/vendor/{name} is not in the lock. Remove it or list it."
        for name in sorted(set(present) - set(lock["files"]))
    ]
    if hashlib.sha256("\n".join(icon_names()).encode()).hexdigest() != lock["icons"]:
        found.append("icons.txt changed after the sprite was built. Run scripts/vendor_assets.py.")
    wanted = {f"{package.name}@{package.version}" for package in PACKAGES}
    if wanted != set(lock["packages"]):
        found.append("The lock holds other package versions than the script. Run scripts/vendor_assets.py.")
    text = THIRD_PARTY.read_text(encoding="utf-8") if THIRD_PARTY.exists() else ""
    found += [
        f"THIRD_PARTY.md has no licence of {spec}." for spec in sorted(wanted) if f"### {spec}" not in text
    ]
    return found


def run() -> int:
    """Fetch or check, print what was found, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare with the lock; no network")
    try:
        if not parser.parse_args().check:
            update()
        found = problems()
    except AssetRefused as refused:
        found = [str(refused)]
    for line in found:
        sys.stderr.write(line + "\n")
    if not found:
        count = len(json.loads(LOCK.read_text(encoding="utf-8"))["files"])
        sys.stdout.write(f"{count} front-end files agree with the lock.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(run())
