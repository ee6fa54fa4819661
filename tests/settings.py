"""The settings under test: the real ones, with a fast hash and static files served without a build step."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("WANQI_DATA", str(ROOT / ".cache" / "test-data"))
os.environ["WANQI_SECRET_KEY"] = "only for tests"
os.environ["DATABASE_URL"] = "postgresql://nobody@/none?host=/none"  # tests/conftest.py starts the server

from wanqi.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = str(ROOT / ".cache" / "test-static")
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]
ANONYMOUS_RATE = "1000000/m"  # the limit has a test of its own
