"""Settings of the tests: a home of their own, and hashing that costs no time."""

from __future__ import annotations

import os
import tempfile

os.environ["ZHIYIN_HOME"] = tempfile.mkdtemp(prefix="zhiyin-tests-")

from zhiyin.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
