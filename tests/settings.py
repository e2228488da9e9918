"""Settings for tests: the product's own, on a temporary folder and the database named by LUODI_DATABASE_URL."""

import os
import tempfile

os.environ.setdefault("LUODI_DATA_DIR", tempfile.mkdtemp(prefix="luodi-test-"))
os.environ.setdefault("LUODI_TESTING", "1")

from luodi.site.settings import *  # noqa: F403

LUODI_CLOCK = ""
LUODI_DEMO = False
# Hashing is slow on purpose; a test signs in often.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A real file, so that two people at once meet the locks they would meet in the product.
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['LUODI_DATA_DIR']}/test.sqlite3"}  # noqa: F405
