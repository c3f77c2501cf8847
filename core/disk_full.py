"""A disk of ours that is full: said as that, since it is no bug, and whoever sent something may try again later."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from core.errors import Refused

log = logging.getLogger(__name__)

# Of the disk, of what we may have of it, of one file.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskFull(Refused):
    code = "storage_full"
    status = 507
    retryable = True
    message = _("We have no room to store this right now.")
    next_step = _("Send it again later.")


def is_full(error: BaseException) -> bool:
    """Whether `error` says that what was to be written found no room."""
    full = isinstance(error, OSError) and error.errno in FULL
    if full:
        log.error("a disk is full", extra={"path": str(getattr(error, "filename", "") or "")})
    return full


@contextmanager
def refused_when_full() -> Iterator[None]:
    """Raises DiskFull for whatever finds no room inside."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise DiskFull from error
        raise
