"""Entries as honest people and programs write them, and ways to copy one. What many write stands in many of them:
greetings, a licence, a passage that everybody knows, the prompt itself."""

from __future__ import annotations

import re
from random import Random


def _words(block: str) -> list[str]:
    return block.strip().replace("\n", "|").split("|")


OPEN = _words("""
To begin with|Oddly enough|In short|By the harbour|Most mornings|Once a year|If you ask me|Without much noise
As far as we know|On paper|Late in the day|Whenever it rains|For a small sum|Seen from the hill
Before anything else|In the second week|Between two trains|At low tide|After some thought|Strictly speaking
Where I grew up|Year after year
""")
SUBJECT = _words("""
the ferry|an old baker|every neighbour|the first page|our smallest door|a patient clerk|the whole street|my aunt
the second draft|a borrowed ladder|the night bus|half of the choir|the town's clock|a row of jars|the new sign
nobody|the quiet girl at the till|a dog called Button|the tallest crane|one careful reader|the owner
a stray gull|the schedule
""")
VERB = _words("""
carries|forgets|repairs|invites|outlives|collects|measures|ignores|repaints|remembers|answers|postpones|borrows
hides|explains|unsettles|follows|replaces|misreads|adopts|deserves|counts|questions|folds|keeps|returns|warms
sorts
""")
OBJECT = _words("""
what the tide leaves behind|a list of broken lamps|three kinds of silence|the last crate of plums
an argument about bread|the map in the hallway|every word on the menu|a promise from last winter|the spare key
two chairs and a kettle|the sound of rain on tin|more than it admits|a letter without a stamp
the shape of the hill|someone else's umbrella|the price of salt|a song in the wrong key|the names on the wall
its own shadow|the rules of the house|a very small engine
""")
LOOK = _words("""
old|small|quiet|borrowed|crooked|blue|patient|heavy|salted|folded|empty|loud|northern|unpaid|early|wooden|spare
odd|narrow|bright|second|missing|plain|warm|torn|honest|tired|polished|hidden|seventh|reluctant|painted|curious
broken
""")
THING = _words("""
ladder|kettle|ticket|harbour|lamp|letter|engine|orchard|signal|staircase|ledger|window|recipe|choir|rope|bridge
clock|cellar|tram|map|bell|garden|drawer|blanket|whistle|pier|queue|rumour|tunnel|anchor|platform|cupboard
valley|postcard
""")
WHERE = _words("""
behind|under|near|without|above|beside|after|against|beyond|instead of|along|inside|across|despite|between
""")
CLOSE = _words("""
and that is enough|because the alternative is dull|which visitors like|until the lamps go out
for reasons of weight|so that children can reach it|long before lunch|as the figures show|with a shrug
in under a minute|though few will say so|and saves a walk|without a single nail|at half the cost
since nothing else fits|by common consent|to everybody's relief
""")
STOCK = tuple(
    block.replace("\n", " ").strip()
    for block in (
        """
Thanks for reading; I am happy to change anything that does not fit, just tell me which part and I will send a
new version.
""",
        """
Here is my entry. I kept it close to the brief and left out everything that you said you did not want to see in
it.
""",
        """
Sources are listed at the end with the day on which I looked at them, so that you can check each of the figures
yourself.
""",
        """
Note: this text was written with the help of a language model and then read and corrected twice by a human
being.
""",
    )
)
KNOWN = tuple(
    block.replace("\n", " ").strip()
    for block in (
        """
Two roads diverged in a yellow wood, and sorry I could not travel both and be one traveler, long I stood and
looked down one as far as I could to where it bent in the undergrowth.
""",
        """
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it
was the epoch of belief, it was the epoch of incredulity.
""",
    )
)
LICENCE = """\
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files, to deal in the software without restriction, including without limitation the rights to
# use, copy, modify, merge, publish, distribute and sell copies of the software, and to permit persons to whom
# it is furnished to do so.
"""
NAMES = _words("""
row|total|path|seen|name|count|parts|line|best|key|table|index|value|batch|text|match|tide|shift|song|photo
""")
STATEMENTS = """
{a} = {{}}
for {a} in {b}:\n    {c}.append({a}.strip())
if not {a}:\n    return None
{a} = sorted({b}, key=lambda pair: (-pair[1], pair[0]))
with open({a}) as {b}:\n    {c} = {b}.read()
print(f"{{{a}}}: {{{b}}}")
{a}[{b}] = {a}.get({b}, 0) + 1
try:\n    {a} = int({b})\nexcept ValueError:\n    {a} = 0
{a}, {b} = {b}, {a} % {b}
while {a} < len({b}):\n    {a} += {c}
{a} = [{b} for {b} in {c} if {b} > 3]
assert {a} is not None, {b}
{a} = {b}.split(",")[1:]
def {a}_of({b}, {c}=None):\n    return {b} or {c}
{a} = max({b}.values(), default=0)
{a} = dict(zip({b}, {c}, strict=True))
if {a} in {b} and {c} != 2:\n    {b}.remove({a})
{a} = re.sub(r"\\s+", " ", {b}).lower()
{a} = (x * {b} for x in range({c}))
raise SystemExit({a} if {b} else "usage: {c}")
{a} = datetime.fromisoformat({b}) + timedelta(days={c})
{a} |= {{{b}: {c}}}
yield {a}, {b} - {c}
{a} = json.dumps({b}, indent=2) + "\\n"
"""


def prose(draw: Random, sentences: int) -> str:
    parts = [draw.choice(words) for _ in range(sentences) for words in (OPEN, SUBJECT, VERB, OBJECT, CLOSE)]
    rows = [parts[start : start + 5] for start in range(0, len(parts), 5)]
    return " ".join(_sentence(row, draw) for row in rows)


def _thing(draw: Random) -> str:
    """Something that hardly anybody else has written, as most of what people write is."""
    one, look, where, other, of = (draw.choice(words) for words in (THING, LOOK, WHERE, THING, LOOK))
    which, whose = draw.choice(["the", "a", "our", "every", "no"]), draw.choice(["the", "its"])
    return f"{which} {look} {one} {where} {whose} {of} {other}"


def _sentence(row: list[str], draw: Random) -> str:
    opener, subject, verb, thing, close = row
    thing = thing if draw.random() < 0.3 else _thing(draw)
    close = close if draw.random() < 0.4 else f"{draw.choice(WHERE)} {_thing(draw)}"
    shapes = (
        f"{opener}, {subject} {verb} {thing}, {close}.",
        f"{subject.capitalize()} {verb} {thing} {close}.",
        f"{close.capitalize()}: {opener.lower()} {subject} {verb} {thing}.",
        f"{subject.capitalize()} {verb} {thing}; {opener.lower()}, {draw.choice(SUBJECT)} does not.",
    )
    return draw.choice(shapes)


def program(draw: Random) -> str:
    statements = STATEMENTS.strip().splitlines()
    body = []
    for _ in range(draw.randint(12, 26)):
        made = {letter: draw.choice(NAMES) for letter in "abc"}
        body.append(draw.choice(statements).replace("\\n", "\n").format(**made))
    code = "\n".join(f"    {line}" for part in body for line in part.split("\n"))
    return f"def {draw.choice(NAMES)}_{draw.choice(NAMES)}({draw.choice(NAMES)}):\n{code}\n"


def entry(draw: Random, prompt: str, pack: str) -> str:
    """An honest entry to a prompt."""
    parts = [prose(draw, draw.randint(4, 14))]
    if pack == "code":
        licence = LICENCE if draw.random() < 0.12 else ""
        parts = [prose(draw, draw.randint(1, 4)), f"```python\n{licence}{program(draw)}```"]
    if draw.random() < 0.2:
        parts.insert(0, f"> {prompt}")
    if draw.random() < 0.15:
        parts.append(draw.choice(STOCK))
    if draw.random() < 0.02:
        parts.insert(1, draw.choice(KNOWN))
    return "\n\n".join(parts)


def copied(draw: Random, text: str, prompt: str, pack: str) -> str:
    """The same work under another's name: as it is, reworded here and there, reordered, half of it, renamed."""
    text = "\n\n".join(part for part in text.split("\n\n") if not part.startswith(">"))
    if "```" in text:
        return draw.choice((_whole, _renamed, _renamed))(draw, text)
    return draw.choice((_whole, _reworded, _reordered, _half, _spelt))(draw, text)


def _whole(draw: Random, text: str) -> str:
    return f"{prose(draw, 1)}\n\n{text}"


def _reworded(draw: Random, text: str) -> str:
    """One word in fourteen is another."""
    words = text.split(" ")
    return " ".join(draw.choice(NAMES) if draw.random() < 0.07 else word for word in words)


def _reordered(draw: Random, text: str) -> str:
    sentences = re.split(r"(?<=[.!?])\s+", text)
    draw.shuffle(sentences)
    return " ".join(sentences)


def _half(draw: Random, text: str) -> str:
    """Three sentences of four are taken over, and about as many again as were left out are new."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    kept = sentences[: max(3, len(sentences) * 3 // 4)]
    return " ".join([*kept, prose(draw, max(1, len(sentences) - len(kept)))])


def _spelt(draw: Random, text: str) -> str:
    """With letters that only look the same, and characters that nobody sees."""
    return "".join(char + ("\u200b" if draw.random() < 0.05 else "") for char in text.replace(" ", "\u00a0"))


def _renamed(draw: Random, text: str) -> str:
    """Every name is another one, and so are the words around the code."""
    names = dict(zip(NAMES, draw.sample([f"{name}s" for name in NAMES], len(NAMES)), strict=True))
    code = text[text.index("```") :]
    return prose(draw, 2) + "\n\n" + re.sub(r"[a-z]+", lambda match: names.get(match.group(), match.group()), code)
