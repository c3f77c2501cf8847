"""Parts of templates that say the same to everybody who reads a language: made once, then one text for all.

Such are words to translate, our own addresses, static files and icons, wherever the tag names no value of the page,
with the plain text around them. Each is made without anything of the page, so none can hold something of a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import groupby
from typing import Any, TypeVar

from django.template import Context, Library, Template, TemplateSyntaxError
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Parser,
    TextNode,
    Token,
    TokenType,
    Variable,
    token_kwargs,
)
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix
from django.utils.functional import Promise
from django.utils.translation import get_language

register = Library()
# Of one part, by all values it was made of.
KEPT_MAX = 1_000
Tag = TypeVar("Tag", bound=Callable[..., Any])


def same_for_all(tag: Tag) -> Tag:
    """Mark a simple tag whose result depends on nothing but its arguments and the language."""
    tag.is_same_for_all = True  # type: ignore[attr-defined]
    return tag


class FixedPart(Node):
    """Neighbours in a template that say the same to all; kept by language, and by where the site is mounted."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes, self.token, self.origin = nodes, nodes[0].token, nodes[0].origin
        self.kept: dict[Hashable, str] = {}

    def render(self, context: Context) -> str:
        key = _place(context)
        kept = self.kept.get(key)
        if kept is None:
            bare = _bare(context)
            kept = self.kept[key] = "".join([str(node.render_annotated(bare)) for node in self.nodes])
        return kept


class OncePer(Node):
    """A part that is made of the values it names, and of nothing else of the page; kept by these and the language."""

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values
        self.kept: dict[tuple[Any, ...], str] = {}

    def render(self, context: Context) -> str:
        values = {name: _plain(value.resolve(context)) for name, value in self.values.items()}
        # A text that is HTML, and a number that is true, are equal to what is written differently.
        key = (_place(context), *[(type(value), value) for value in values.values()])
        kept = self.kept.get(key)
        if kept is None:
            kept = self.nodelist.render(_bare(context, values))
            if len(self.kept) >= KEPT_MAX:
                self.kept.clear()
            self.kept[key] = kept
        return kept


@register.tag
def onceper(parser: Parser, token: Token) -> OncePer:
    """`{% onceper name=value … %}…{% endonceper %}`: inside there are these values, and no others.

    Not for what depends on the clock or on a setting, unless that is one of the values.
    """
    _tag, *given = token.split_contents()
    values = token_kwargs(given, parser)
    if given or not values:
        raise TemplateSyntaxError("onceper takes values with names.")
    nodelist = parser.parse(("endonceper",))
    parser.delete_first_token()
    return OncePer(nodelist, values)


def _plain(value: Any) -> Any:
    """A sentence that waits for its reader is said now, in the language it is kept by."""
    return str(value) if isinstance(value, Promise) else value


def _place(context: Context) -> Hashable:
    """Return what all that is kept depends on: the language, where the site is mounted, and whether HTML is escaped."""
    return (get_language(), get_script_prefix(), context.autoescape)


def _bare(context: Context, values: dict[str, Any] | None = None) -> Context:
    """A context in which there is nothing of the page but these values."""
    bare = Context(values, autoescape=context.autoescape)
    bare.template = context.template
    return bare


class _Reader(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """Return the template with its fixed parts joined; nobody renders it before that."""
        template = super().get_template(template_name, skip)
        join_fixed(template.nodelist)
        return template


class Loader(cached.Loader, _Reader):
    """Django's loader that keeps templates; it keeps them as `_Reader` gives them."""


def join_fixed(nodes: NodeList) -> None:
    """Join fixed neighbours, in place, here and in all that the nodes contain."""
    joined: list[Node] = []
    for is_alike, group in groupby(list(nodes), is_fixed):
        part = list(group)
        is_text = len(part) == 1 and isinstance(part[0], TextNode)
        joined += [FixedPart(part)] if is_alike and not is_text else part
    nodes[:] = joined
    for node in joined:
        for inner in _lists_in(node):
            join_fixed(inner)


def _lists_in(node: Node) -> Iterable[NodeList]:
    if isinstance(node, IfNode):
        return [inner for _condition, inner in node.conditions_nodelists]
    named = [getattr(node, name, None) for name in node.child_nodelists]
    return [inner for inner in named if isinstance(inner, NodeList)]


def is_fixed(node: Node) -> bool:
    """Return whether a node says the same on every page of a language."""
    test = TESTS.get(type(node))
    return test is not None and test(node)


def _is_fixed_url(node: URLNode) -> bool:
    # Which of several a name with a colon means may depend on the page that it stands on.
    is_plain = _is_given(node.view_name) and ":" not in str(node.view_name.var)
    return is_plain and node.asvar is None and all(map(_is_given, [*node.args, *node.kwargs.values()]))


def _is_fixed_sentence(node: BlockTranslateNode) -> bool:
    takes = node.extra_context or node.counter or node.message_context or node.asvar
    return not takes and all(token.token_type == TokenType.TEXT for token in node.singular)


def _is_fixed_tag(node: SimpleNode) -> bool:
    is_said = hasattr(node.func, "is_same_for_all") and not node.takes_context and node.target_var is None
    return is_said and all(map(_is_given, [*node.args, *node.kwargs.values()]))


def _is_given(argument: FilterExpression | None) -> bool:
    """Return whether an argument, if there is one, is written out in the template, and nothing done to it."""
    if argument is None:
        return True
    is_literal = not isinstance(argument.var, Variable) or argument.var.lookups is None
    return is_literal and not argument.filters


TESTS: dict[type[Node], Callable[[Any], bool]] = {
    TextNode: lambda node: True,
    CommentNode: lambda node: True,
    LoadNode: lambda node: True,
    StaticNode: lambda node: node.varname is None and _is_given(node.path),
    TranslateNode: lambda node: (
        node.asvar is None and _is_given(node.filter_expression) and _is_given(node.message_context)
    ),
    BlockTranslateNode: _is_fixed_sentence,
    URLNode: _is_fixed_url,
    SimpleNode: _is_fixed_tag,
}
