"""Finding people by the beginning of their mail, their handle or a word of their name: each by an index of its own."""

from __future__ import annotations

import re

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, Index, Q

CONFIG = "simple"
# What is written into the index is what is asked of it, to the letter.
NAME_WORDS = Func(
    "name", template=f"to_tsvector('{CONFIG}', coalesce(%(expressions)s, ''))", output_field=SearchVectorField()
)
NOT_IN_WORDS = re.compile(r"[^\w]+")
# Of a text in any collation only such an index finds a beginning.
FINDING = [
    Index(fields=["email"], opclasses=["varchar_pattern_ops"], name="user_email_begins"),
    Index(fields=["handle"], opclasses=["varchar_pattern_ops"], name="user_handle_begins"),
    GinIndex(NAME_WORDS, name="user_name_words"),
]


def begins_with(words: str) -> list[Q]:
    """Return a condition for each way in which `words` may begin what somebody is called."""
    address, handle = words.lower(), words.lower().removeprefix("@")
    ways = [Q(email__startswith=address), Q(handle__startswith=handle)]
    if asked := [word for word in NOT_IN_WORDS.split(words) if word]:
        raw = " & ".join(f"{word}:*" for word in asked)
        ways.append(Q(name_words=SearchQuery(raw, config=CONFIG, search_type="raw")))
    return ways
