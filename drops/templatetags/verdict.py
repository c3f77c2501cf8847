"""`{% load verdict %}{{ reason|in_words|quoting }}`: what was found about an entry, in the reader's language."""

from django import template

from drops import verdict_words

register = template.Library()
register.filter("in_words", verdict_words.in_words)
register.filter("sureness", verdict_words.sureness)
