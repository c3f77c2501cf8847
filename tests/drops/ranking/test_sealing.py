from drops.ranking.sealing import Seal

SEAL = Seal(
    "Write about an old lamp on a rock.",
    ["The keeper climbed two hundred steps. An old lamp on a rock.", "Nobody painted the tower green."],
)


def test_words_of_an_entry_are_withheld_and_the_rest_stays() -> None:
    remark = "Opens well: “The KEEPER climbed two hundred steps” is vivid."

    assert SEAL.withhold(remark) == "Opens well: “[…]” is vivid."


def test_words_are_withheld_in_whatever_spelling_and_what_stands_around_them_stays_as_it_is() -> None:
    quote = "\uff4b\uff45\uff45\uff50\uff45\uff52 climbed two h\u200dundred steps"
    seal = Seal("", ["Keeper climbed two hundred steps."])

    assert (
        seal.withhold(f"Its 10\u00b2 m\u00b2 of {quote}, \u0645\u06cc\u200c\u062e.")
        == "Its 10\u00b2 m\u00b2 of [\u2026], \u0645\u06cc\u200c\u062e."
    )


def test_what_the_prompt_says_too_is_no_secret() -> None:
    assert SEAL.withhold("It names an old lamp on a rock.") == "It names an old lamp on a rock."


def test_a_few_words_are_no_quote() -> None:
    assert SEAL.withhold("The keeper climbed well.") == "The keeper climbed well."
