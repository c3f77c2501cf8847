"""Templates are indented for whoever writes them; what is sent is not."""

from __future__ import annotations

import re

from django.template.base import Origin
from django.template.loaders import filesystem

# Indentation; or what somebody reads as it is written, which is left alone.
KEPT_OR_INDENTATION = re.compile(r"(<(textarea|pre)\b.*?</\2>)|^[ \t]+", re.MULTILINE | re.DOTALL)


class FlatLoader(filesystem.Loader):
    """Loads a page's template without its indentation; lines keep their numbers in tracebacks.

    Only what stands in the template is touched, never a value that is put into it. Mails in plain text stay as they
    are.
    """

    def get_contents(self, origin: Origin) -> str:
        contents = str(super().get_contents(origin))
        return KEPT_OR_INDENTATION.sub(r"\1", contents) if str(origin.name).endswith(".html") else contents
