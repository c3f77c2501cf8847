"""Texts to tell copies from independent answers: prose and programs written apart for the same task, and copies."""

from tests.bench.support.judges import prose

LIGHTHOUSE = """The keeper climbed two hundred steps each evening, not because the lamp still needed him, but
because the ships had learned his rhythm. Captains set their watches by the small delay between dusk
and the first sweep of light, a delay that belonged to an old man's knees. When the lamp was made
automatic the delay vanished, and for a month every vessel in the bay arrived eleven minutes early,
looking for somebody to forgive."""

HARBOUR = """Nobody in Porthaven could say who painted the lighthouse green. It happened on a Tuesday between two
fogs, and by the time the council met to be angry about it the gulls had approved. Fishermen swore
the colour made the cod come closer. The lamp itself went on being white, which the children thought
rude, since the rest of the tower had gone to so much trouble. So they wrote to the minister of
lamps and asked for a greener light, please, before winter."""

COUNT_ONE = '''def count_words(path):
    """Count the words of a file."""
    totals = {}
    with open(path) as handle:
        for line in handle:
            for word in line.lower().split():
                cleaned = word.strip(".,!?")
                if cleaned:
                    totals[cleaned] = totals.get(cleaned, 0) + 1
    ranked = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
    for word, times in ranked[:10]:
        print(f"{word}: {times}")
    return ranked
'''

# The same program with every name, text, number and comment changed.
COUNT_RENAMED = """def tally(filename):
    # frequency table
    seen = {}
    with open(filename) as stream:
        for row in stream:
            for token in row.lower().split():
                bare = token.strip(";:-")
                if bare:
                    seen[bare] = seen.get(bare, 0) + 1
    best = sorted(seen.items(), key=lambda kv: (-kv[1], kv[0]))
    for token, n in best[:25]:
        print(f"{token} -> {n}")
    return best
"""

COUNT_TWO = """import re
import sys
from collections import Counter


def main(argv):
    if len(argv) != 2:
        sys.exit("usage: count.py FILE")
    text = open(argv[1], encoding="utf-8").read()
    words = re.findall(r"[a-z']+", text.lower())
    for word, times in Counter(words).most_common(10):
        print(word, times, sep="\\t")


if __name__ == "__main__":
    main(sys.argv)
"""

COUNT_THREE = """class WordCounter:
    def __init__(self, limit=10):
        self.limit = limit
        self.words = {}

    def feed(self, text):
        current = ""
        for char in text + " ":
            if char.isalpha():
                current += char.casefold()
            elif current:
                self.words.setdefault(current, 0)
                self.words[current] += 1
                current = ""

    def top(self):
        items = list(self.words.items())
        items.sort(key=lambda item: item[1], reverse=True)
        return items[: self.limit]


counter = WordCounter()
with open("input.txt") as source:
    counter.feed(source.read())
print(counter.top())
"""

COUNT_FOUR = """const fs = require("fs");

function frequencies(text) {
  return text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)
    .reduce((table, word) => table.set(word, (table.get(word) || 0) + 1), new Map());
}

const table = frequencies(fs.readFileSync(process.argv[2], "utf8"));
[...table.entries()].sort((a, b) => b[1] - a[1]).slice(0, 10).forEach(([word, n]) => console.log(word, n));
"""

PROGRAMS = (COUNT_ONE, COUNT_TWO, COUNT_THREE, COUNT_FOUR)
# Of LIGHTHOUSE, by what was done to it.
COPIES = {
    "exact": LIGHTHOUSE,
    "other line ends, case and marks": LIGHTHOUSE.replace(" ", "\n").upper().replace(",", ";"),
    "hidden characters between letters": "\u200b".join(LIGHTHOUSE),
    "embedded in a longer text": f"{prose('before', 90)} {LIGHTHOUSE} {prose('after', 90)}",
    "half of it": LIGHTHOUSE[: len(LIGHTHOUSE) // 2],
    "a few words changed": LIGHTHOUSE.replace("old man", "young woman").replace("bay", "strait"),
}
# How a program may stand in an entry.
WRAPS = ("{}", "Here it is:\n\n```python\n{}\n```\nRun it with python.")
