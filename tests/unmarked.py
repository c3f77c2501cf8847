"""Finds the sentences of the code that people read and that are not marked to be translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from tests.house import House

MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
MARKS |= {"pgettext_lazy"}
EAGER = {"gettext", "ngettext", "pgettext", "npgettext"}
# The site's, and the command line's.
TRANSLATORS = {"django.utils.translation", "clorp_cli.words"}
# What writes a figure as the language of that moment does.
FIGURES = {"format_cents", "grouped", "decimal", "day"}
# Whatever is given by these names is shown, be it one word.
SHOWN = {"label", "help_text", "verbose_name", "verbose_name_plural", "meaning", "tells", "message", "next_step"}
SHOWN |= {"title", "subtitle", "description", "index_title", "site_header", "site_title"}
# What is called with words for developers, operators or machines, or for the log of a judging, which is never changed.
NOT_READ = {"ValueError", "TypeError", "RuntimeError", "AssertionError", "LookupError", "KeyError", "OutcomeUnknown"}
NOT_READ |= {"NotImplementedError"}
NOT_READ |= {"compile", "sub", "getLogger", "execute", "log_act", "Gauge", "Trigger", "Protect", "Query", "Condition"}
NOT_READ |= {"debug", "info", "warning", "error", "exception", "critical"}
# What an audit record holds, and what the reference of the API says: given by these names.
RECORDS, REFERENCE = {"changes"}, {"help_text", "description"}
# A statement of SQL, markup, an address, a name of Stripe's.
SQL = r"\b(?:ALTER|SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|EXISTS|PERFORM|NULL|FROM|AND)\b"
TECHNICAL = re.compile(
    rf"[^a-z]*{SQL}|\{{\}}\S*[ \n].*{SQL}|\s*[</]|\S+_…|\{{\}}[,:]? \w+=|\{{\}}event:|\{{\}}; |\{{\}} <", re.DOTALL
)
SENTENCE = re.compile(r"“?[A-Z{][^\n]*?[a-z}”]+[,:;]? [\w“{$&·]")


def unmarked_sentences(house: House, *, leaving_out: Mapping[str, str]) -> list[str]:
    """Return where a sentence stands that no catalogue will ever hold; `leaving_out` names modules, and why."""
    return [
        f"{module}:{node.lineno} is not marked: {text[:60]!r}"
        for module, tree in house.items()
        if not any(module == name or module.startswith(f"{name}.") for name in leaving_out)
        # The reference of the API is one document, and what it says of fields stands in it alone.
        for node, text in _unmarked(tree, RECORDS | REFERENCE if ".api." in module else RECORDS)
    ]


def _unmarked(tree: ast.Module, unread: set[str]) -> Iterator[tuple[ast.expr, str]]:
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        text = _text_of(node)
        if text is None or isinstance(above.get(node), ast.Expr | ast.JoinedStr | ast.FormattedValue):
            continue
        assert isinstance(node, ast.expr)
        if not (SENTENCE.match(text) or _is_shown(node, above)) or TECHNICAL.match(text):
            continue
        if not any(_is_excused(parent, child, unread) for child, parent in _upwards(node, above)):
            yield node, text


def _text_of(node: ast.AST) -> str | None:
    """Return the words of a literal, `{}` in place of what is put in between; None for what has none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    else:
        return None
    return text if re.search("[A-Za-z]{2}", text) else None


def _is_shown(node: ast.expr, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Whether a literal is given as what SHOWN names, or is the label of a choice."""
    parent = above.get(node)
    if isinstance(parent, ast.keyword):
        return parent.arg in SHOWN
    if isinstance(parent, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id in SHOWN - {"label"} for target in parent.targets)
    if isinstance(parent, ast.Tuple) and isinstance(above[parent], ast.Assign) and node is parent.elts[-1]:
        holder = above[above[parent]]
        return isinstance(holder, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in holder.bases)
    return False


def _upwards(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> Iterator[tuple[ast.AST, ast.AST]]:
    while (parent := above.get(node)) is not None:
        yield node, parent
        node = parent


def _is_excused(parent: ast.AST, child: ast.AST, unread: set[str]) -> bool:
    """Whether what stands in `child` is marked, or is for nobody to read: a type, a pattern, a log line."""
    if isinstance(parent, ast.Call) and child is not parent.func:
        called = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
        is_message = isinstance(parent.func, ast.Attribute) and ast.unparse(parent.func.value) == "messages"
        return called in MARKS | NOT_READ and not is_message
    if isinstance(parent, ast.keyword):
        return parent.arg in unread
    if isinstance(parent, ast.AnnAssign | ast.arg):
        return child is parent.annotation
    return isinstance(parent, ast.FunctionDef) and (child is parent.returns or parent.name in {"__str__", "__repr__"})


def marks_on_what_is_no_literal(house: House) -> list[str]:
    """Return where a sentence is put together before it is looked up: no catalogue holds it with a name in it."""
    return [
        f"{module}:{call.lineno} looks up what was put together"
        for module, tree in house.items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS
        for words in call.args[: 2 if call.func.id[0] in "np" else 1]
        if not isinstance(words, ast.Constant | ast.Name | ast.Attribute)
    ]


def told_in_whose_language(house: House) -> list[str]:
    """Return where somebody is told a sentence in the language of whoever caused it: it has to be lazy until then."""
    faults = []
    for module, tree in house.items():
        verbs = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        eager = _eager_in(tree) | FIGURES
        # A helper that gives words back at once is as early.
        eager |= {verb.name for verb in verbs if any(_names_called(each) & eager for each in _returned_by(verb))}
        for verb in verbs:
            told = [value for call in ast.walk(verb) if isinstance(call, ast.Call) for value in _told_by(call)]
            faults += [f"{module}:{name.lineno} tells it too early" for name in _calls_in(verb, told, eager)]
    return faults


def said_at_import(house: House) -> list[str]:
    """Return where a module or a class translates at once: in the language of its process, for good."""
    return [
        f"{module}:{call.lineno} is said when the process begins"
        for module, tree in house.items()
        for call in _outside_functions(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _eager_in(tree)
    ]


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _outside_functions(child)


def _eager_in(tree: ast.Module) -> set[str]:
    return {alias.asname or alias.name for alias in _imported(tree) if alias.name in EAGER}


def _returned_by(verb: ast.FunctionDef) -> list[ast.expr]:
    return [node.value for node in ast.walk(verb) if isinstance(node, ast.Return) and node.value is not None]


def _names_called(node: ast.AST) -> set[str]:
    return {_name_of(call) for call in ast.walk(node) if isinstance(call, ast.Call)}


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _imported(tree: ast.Module) -> list[ast.alias]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [alias for node in imports if node.module in TRANSLATORS for alias in node.names]


def _told_by(call: ast.Call) -> list[ast.expr]:
    """Return what a call of `notify`, `tell` and the like is given to say."""
    called = _name_of(call)
    if called.lstrip("_").partition("_")[0] not in {"notify", "tell"}:
        return []
    return [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"text", "subject"})]


def _calls_in(verb: ast.FunctionDef, told: list[ast.expr], eager: set[str]) -> list[ast.expr]:
    """Return the calls that translate at once, in what is `told` or in what its names have been set to."""
    sets = [node for node in ast.walk(verb) if isinstance(node, ast.Assign | ast.AugAssign)]
    known: set[str] = set()
    while names := {node.id for value in told for node in ast.walk(value) if isinstance(node, ast.Name)} - known:
        known |= names
        told = [*told, *(node.value for node in sets if names & {part.id for part in ast.walk(node) if _is_set(part)})]
    return [
        call.func
        for value in told
        for call in ast.walk(value)
        if isinstance(call, ast.Call) and _name_of(call) in eager
    ]


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
