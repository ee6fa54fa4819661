"""schemathesis asks the API what its own description admits, and finds nothing that it does not say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import cast
from tests.web import conftest as pages

ROOT = Path(__file__).resolve().parents[2]
desk_url = pages.desk_url


# What a vocabulary does not hold is well formed and still refused: no matter of shape.
CHECKS = ("--checks", "all", "--exclude-checks", "positive_data_acceptance")
OPEN = ("--include-path-regex", "programmes|check$", "--phases", "fuzzing")
INSIDE = ("--include-path-regex", "screening|organisations", "--phases", "fuzzing")


@pytest.mark.slow
@pytest.mark.parametrize("inside", [False, True], ids=["without an account", "as a clerk"])
def test_nothing_undescribed_is_answered(desk_url: str, tmp_path: Path, inside: bool) -> None:
    session = ("--header", f"Cookie: sessionid={_session(desk_url)}") if inside else ()
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{desk_url}/api/openapi.json"),
        *("--max-examples", "8", "--seed", "1", "--generation-database", "none", "--no-color"),
        *("--suppress-health-check", "all", *CHECKS, *(INSIDE if inside else OPEN), *session),
    ]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


def _session(url: str) -> str:
    """Sign in as a clerk and return the session's key."""
    import re
    from http.cookiejar import CookieJar
    from urllib.parse import urlencode
    from urllib.request import HTTPCookieProcessor, build_opener

    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    page = opener.open(f"{url}/accounts/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "login": "clerk", "password": cast.PASSWORD}
    opener.open(f"{url}/accounts/login/", data=urlencode(form).encode())
    return next(str(cookie.value) for cookie in jar if cookie.name == "sessionid")
