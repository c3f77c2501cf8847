"""Templates are indented for whoever writes them; what is sent is not."""

from __future__ import annotations

import re

from django.template.base import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class FlatLoader(filesystem.Loader):
    """Loads a page's template without its indentation; lines keep their numbers in tracebacks.

    Only what stands in the template is touched, never a value that is put into it. Mails in plain text stay as they
    are.
    """

    def get_contents(self, origin: Origin) -> str:
        contents = str(super().get_contents(origin))
        return INDENTATION.sub("", contents) if str(origin.name).endswith(".html") else contents
