"""Where uploaded files lie: in a folder that all processes share, or in a bucket of a store that speaks S3."""

from __future__ import annotations

import importlib.util
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from clorp.settings.base import DATA_DIR, DEBUG, env

MEDIA_ROOT = DATA_DIR / "files"
FILES_S3_BUCKET = env.str("FILES_S3_BUCKET", default="")
_FOLDER: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
_BUCKET: dict[str, Any] = {
    "BACKEND": "core.s3_files.S3Files",
    "OPTIONS": {
        "bucket_name": FILES_S3_BUCKET,
        "location": env.str("FILES_S3_PREFIX", default="").strip("/"),
        "endpoint_url": env.str("FILES_S3_ENDPOINT", default="") or None,
        "region_name": env.str("FILES_S3_REGION", default="") or None,
        # Without these, what the machine itself may do: a role, or a profile.
        "access_key": env.str("FILES_S3_KEY_ID", default="") or None,
        "secret_key": env.str("FILES_S3_SECRET_KEY", default="") or None,
    },
}
if FILES_S3_BUCKET and importlib.util.find_spec("storages") is None:
    raise ImproperlyConfigured(
        "FILES_S3_BUCKET needs more packages: pip install --require-hashes -r requirements-s3.txt"
    )
STORAGES = {
    "default": _BUCKET if FILES_S3_BUCKET else _FOLDER,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
