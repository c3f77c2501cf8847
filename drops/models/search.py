"""Full-text search in titles and prompts: a row beside each drop, so that a claim doesn't rewrite an index of words."""

from __future__ import annotations

import pgtrigger
import regex
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Q

from core.text import kept, spellings

# No stems and no stop words: prompts come in any language.
CONFIG = "simple"
# Scripts without spaces between words give no words to an index; nor does what is no letter and no digit.
_WORD = regex.compile(r"^(?=.*[\p{L}\p{N}])[^\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+$")
INDEX_WORDS = pgtrigger.Trigger(
    name="drop_words",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("title", "prompt"),
    func="""
        INSERT INTO drops_dropwords (drop_id, vector)
        VALUES (NEW.id, to_tsvector('simple', normalize(concat_ws(' ', NEW.title, NEW.prompt), NFC)))
        ON CONFLICT (drop_id) DO UPDATE SET vector = excluded.vector;
        RETURN NULL;
    """,
)


def saying(words: str) -> list[Q]:
    """Return the conditions that a drop has each of `words`, or a word that begins with it, in its title or prompt.

    What an index of words can't hold is looked for in the texts themselves: narrow to few drops first.
    """
    conditions = [Q(words__vector=asked)] if (asked := indexed(words)) else []
    return conditions + not_indexed(words)


def indexed(words: str) -> SearchQuery | None:
    """Return what to ask an index of words for; None where it holds none of `words`."""
    asked = " & ".join(_begins_with(word) for word in kept(words).split() if _WORD.search(word))
    return SearchQuery(asked, config=CONFIG, search_type="raw") if asked else None


def not_indexed(words: str) -> list[Q]:
    """Return the conditions for those of `words` that are looked for in the texts themselves."""
    return [_contains(sign) for sign in kept(words).split() if not _WORD.search(sign)]


def _begins_with(word: str) -> str:
    """`word` as the parser of texts takes it apart, quoted: no sign in it is an operator."""
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*"


def _contains(sign: str) -> Q:
    spelled = [Q(title__icontains=form) | Q(prompt__icontains=form) for form in spellings(sign)]
    return Q(*spelled, _connector=Q.OR)


class DropWords(models.Model):
    """The words of a drop's title and prompt; the database writes them."""

    drop = models.OneToOneField("drops.Drop", on_delete=models.CASCADE, primary_key=True, related_name="words")
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="drop_words")]

    def __str__(self) -> str:
        return f"words of drop {self.drop_id}"
