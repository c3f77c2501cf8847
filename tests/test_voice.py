"""How clorp speaks: wordings that readers stumbled over stand nowhere any more."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SPOKEN = [
    path
    for folder, endings in {
        **dict.fromkeys(("accounts", "clorp", "core", "drops", "wallet"), (".py",)),
        "cli": (".py", ".md"),
        "templates": (".html", ".txt"),
        "static/js": (".js",),
        "docs": (".md", ".json"),
    }.items()
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in endings and "migrations" not in path.parts
]
STUMBLES = (
    "can't be bought, and it can't be cashed",
    "of it is yours to start",
    "of who somebody is",
    "it is yours again",
    "files are not",
    "lies in the outbox",
    "how long the window is to be",
    "look at the marked fields",
    "to say what this prize draws",
    "Only you read it",
    "On to payment",
    ">Give it up<",
    "The drop is gone",
    "all money back",
    "are back in your wallet",
    "is yours</strong> and stays so",
    "Let the seat go",
    "You are cooling down",
    "Can't be used at all",
    "Which letter does the best one earn",
    "Skip the turning",
    "Turn them again",
    "prizes too young",
    "hear of what",
    "Count it at the bell",
    "sent what you are told",
    "skill almost surely exceeds",
    "That were",
    "are heard about themselves",
    "is no row before its time",
)


@pytest.mark.parametrize("words", STUMBLES)
def test_nobody_stumbles_over(words):
    # Lines are filled anew whenever a sentence changes.
    spread = re.compile(r"\s+".join(map(re.escape, words.split())))
    assert len(SPOKEN) > 300
    assert [str(path.relative_to(ROOT)) for path in SPOKEN if spread.search(path.read_text())] == []
