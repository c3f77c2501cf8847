import pytest

from drops.ranking import Entry, Field, FileText, Letter
from drops.ranking.checks import CODE_ENTRY_CHARS_MAX, ENTRY_CHARS_MAX, Screened, screen_field
from tests.bench.support.judges import prose

TASK = "Please write three sentences about a lighthouse that nobody needs any more."


def screen(text: str, *files: FileText, pack: str = "wild", prompt: str = TASK) -> Screened:
    field = Field(prompt, pack, f"{pack}-1", "seed", Letter.D, (Entry("a", "Seat 1", 0, text, files),))
    return screen_field(field).entries[0]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", "\u3164\u2800"])
def test_nothing_visible_is_empty(text: str) -> None:
    assert screen(text).fault == "empty"


def test_a_file_is_something() -> None:
    assert screen("", FileText("a.txt", prose("a"))).fault is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, I can\u2019t assist with this request.",
        "I cannot write this.",
        "Sorry, but I am unable to provide that content.",
        "As an AI language model, I cannot comply with this.",
        "I must decline.",
    ],
)
def test_a_short_refusal_is_out(text: str) -> None:
    assert screen(text).fault == "refusal"


@pytest.mark.parametrize(
    "text",
    [
        "I can't help but notice that your homepage loads slower than grief.",
        "I'm sorry for your lighthouse. It deserved an owner with hands.",
        "Sorry, no ships today. The lamp cannot help itself: it writes its name on the water each night.",
        "I will not write about the sea. I will write about the stairs, all two hundred of them.",
        "I cannot help with that. " + "But here is the tale nevertheless. " * 20,
    ],
)
def test_a_text_that_only_sounds_like_a_refusal_stays(text: str) -> None:
    assert screen(text).fault is None


@pytest.mark.parametrize("text", [TASK, f"  {TASK.upper()}  ", f"{TASK} Thanks."])
def test_the_prompt_again_is_out(text: str) -> None:
    assert screen(text).fault == "echo"


def test_a_corrected_passage_of_the_prompt_is_no_echo() -> None:
    passage = prose("passage", 120)
    prompt = f"Please correct the spelling of this passage: {passage}"

    assert screen(passage.replace("a", "e", 1), prompt=prompt).fault is None


@pytest.mark.parametrize(("pack", "room"), [("wild", ENTRY_CHARS_MAX), ("code", CODE_ENTRY_CHARS_MAX)])
def test_an_entry_is_cut_body_first_and_says_so(pack: str, room: int) -> None:
    screened = screen("b" * (room - 10), FileText("x.md", "f" * 100), pack=pack)

    assert (len(screened.text), len(screened.files[0].text), screened.left_out) == (room - 10, 10, 90)
    assert "Was cut: 90 more characters are not shown." in screened.evidence
    assert len(screened.whole) > len(screened.shown)


def test_files_get_names_that_betray_nobody() -> None:
    screened = screen("x", FileText("anna-smith.PY", "x = 1"), FileText("../../etc/passwd", "y"))

    assert [file.name for file in screened.files] == ["file-1.py", "file-2"]


def test_hidden_characters_are_said() -> None:
    screened = screen("a\u200bb\u200bc")

    assert (screened.hidden, screened.text) == (2, "abc")
    assert screened.evidence == ("Had 2 hidden characters, which were taken out.",)


def test_code_is_parsed_and_never_run() -> None:
    text = '```python\nraise SystemExit\n```\n```json\n{"a": 1,}\n```\n```sh\nrm -rf /\n```'
    screened = screen(text, FileText("tool.py", "def f(:"), FileText("data.json", "[1, 2]"), pack="code")

    assert screened.evidence == (
        "Has 2 files.",
        "The Python in block 1 parses.",
        "The JSON in block 2 does not parse.",
        "The Python in file-1.py does not parse.",
        "The JSON in file-2.json parses.",
    )


@pytest.mark.parametrize(
    "code", ["(" * 20_000, "-" * 20_000 + "1", "[" * 9_999 + "]" * 9_999, "9" * 20_000, "x = '\\d'", "a.b" * 9_000]
)
def test_no_code_brings_the_parser_down(code: str) -> None:
    screened = screen("x", FileText("a.py", code), FileText("b.json", code), pack="code")

    assert ["pars" in line for line in screened.evidence[1:3]] == [True, True]


def test_many_blocks_do_not_flood_the_evidence() -> None:
    screened = screen("```py\nx\n```\n" * 500, pack="code")

    assert len(screened.evidence) == 12


@pytest.mark.parametrize("flood", ["/*", '"""', "a ", "\u200b", "```\n", "<entry>"])
def test_a_flood_of_two_hundred_thousand_characters_is_read_to_its_end(flood: str) -> None:
    screened = screen((flood * 200_000)[:200_000], pack="code")

    assert len(screened.shown) <= CODE_ENTRY_CHARS_MAX + 1
