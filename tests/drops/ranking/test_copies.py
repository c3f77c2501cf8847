import unicodedata
from collections.abc import Callable

import pytest

from drops.ranking import Entry, Field, FileText, Letter
from drops.ranking.checks import Screening, screen_field
from tests.bench.support.judges import prose
from tests.drops.ranking import corpus

TASK = "Write a short tale about a lighthouse."


def screen(*texts: str, prompt: str = TASK, pack: str = "wild", files: tuple[FileText, ...] = ()) -> Screening:
    entries = tuple(
        Entry(str(order), f"Seat {order + 1}", order, text, files if order else ()) for order, text in enumerate(texts)
    )
    return screen_field(Field(prompt, pack, f"{pack}-1", "seed", Letter.D, entries))


def faults(screening: Screening) -> list[str | None]:
    return [entry.fault for entry in screening.entries]


@pytest.mark.parametrize("copy", corpus.COPIES.values(), ids=corpus.COPIES)
def test_a_copy_is_out_and_never_its_original(copy: str) -> None:
    screening = screen(corpus.LIGHTHOUSE, corpus.HARBOUR, copy)

    assert faults(screening) == [None, None, "copy"]
    assert screening["2"].like == "0"


@pytest.mark.parametrize(
    "respell",
    [
        lambda text: "".join(chr(ord(char) + 0xFEE0) if "!" < char <= "~" else char for char in text),
        lambda text: unicodedata.normalize("NFD", text).replace("fi", "\ufb01"),
        "\u200d".join,
        str.upper,
    ],
)
def test_a_copy_in_another_spelling_is_a_copy(respell: Callable[[str], str]) -> None:
    assert faults(screen(corpus.LIGHTHOUSE, respell(corpus.LIGHTHOUSE))) == [None, "copy"]


def test_a_persian_copy_without_its_joiners_is_a_copy() -> None:
    words = ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627")
    tale = " ".join(words[place % 2] + "\u0627" * (place // 2) for place in range(40))

    assert faults(screen(tale, tale.replace("\u200c", ""))) == [None, "copy"]


def test_a_copy_of_a_copy_names_the_first_original() -> None:
    screening = screen(corpus.LIGHTHOUSE, corpus.LIGHTHOUSE, corpus.LIGHTHOUSE)

    assert faults(screening) == [None, "copy", "copy"]
    assert screening["2"].like == "0"


@pytest.mark.parametrize("wrap", corpus.WRAPS)
def test_code_under_other_names_is_a_copy(wrap: str) -> None:
    texts = [wrap.format(code) for code in (corpus.COUNT_ONE, corpus.COUNT_TWO, corpus.COUNT_RENAMED)]

    assert faults(screen(*texts, prompt="Count words.", pack="code")) == [None, None, "copy"]


def test_renamed_code_in_a_file_is_a_copy() -> None:
    file = FileText("whatever.py", corpus.COUNT_RENAMED)
    screening = screen(f"```python\n{corpus.COUNT_ONE}```", "See the file.", pack="code", files=(file,))

    assert faults(screening) == [None, "copy"]


def test_independent_programs_for_one_task_are_not_copies() -> None:
    screening = screen(*corpus.PROGRAMS, prompt="Print the ten most frequent words of a file.", pack="code")

    assert faults(screening) == [None] * 4
    assert [entry.like for entry in screening.entries] == [None] * 4


def test_independent_tales_are_not_copies() -> None:
    assert faults(screen(corpus.LIGHTHOUSE, corpus.HARBOUR, prose("other", 80))) == [None] * 3


def test_two_answers_that_quote_the_prompt_are_not_copies() -> None:
    prompt = f"Improve this: {corpus.LIGHTHOUSE}"
    texts = [f"{corpus.LIGHTHOUSE} {prose(name, 30)}" for name in ("one", "two")]

    assert faults(screen(*texts, prompt=prompt)) == [None, None]


def test_the_same_few_words_are_no_copy() -> None:
    assert faults(screen("It is Paris.", "It is Paris.", prompt="Which town?")) == [None, None]


def test_an_early_entry_of_stock_phrases_makes_nobody_a_copy() -> None:
    stock = "Here is the answer that you asked for. I hope that it helps. Let me know what you think of it."

    assert faults(screen(stock, f"{stock} {corpus.HARBOUR}")) == [None, None]


def test_a_partial_likeness_is_only_a_hint() -> None:
    part = corpus.LIGHTHOUSE[:180]
    screening = screen(corpus.LIGHTHOUSE, f"{part} {prose('own', 50)}")

    assert (screening["1"].fault, screening["1"].like) == (None, "0")


def test_a_disqualified_entry_is_nobodys_original() -> None:
    entries = (
        Entry("0", "Seat 1", 0, corpus.LIGHTHOUSE, disqualified="stolen"),
        Entry("1", "Seat 2", 1, corpus.LIGHTHOUSE),
    )

    assert screen_field(Field(TASK, "wild", "wild-1", "seed", Letter.D, entries)).usable == ("1",)
