from drops.ranking.sealing import Seal

SEAL = Seal(
    "Write about an old lamp on a rock.",
    ["The keeper climbed two hundred steps. An old lamp on a rock.", "Nobody painted the tower green."],
)


def test_words_of_an_entry_are_withheld_and_the_rest_stays() -> None:
    remark = "Opens well: “The KEEPER climbed two hundred steps” is vivid."

    assert SEAL.withhold(remark) == "Opens well: “[…]” is vivid."


def test_what_the_prompt_says_too_is_no_secret() -> None:
    assert SEAL.withhold("It names an old lamp on a rock.") == "It names an old lamp on a rock."


def test_a_few_words_are_no_quote() -> None:
    assert SEAL.withhold("The keeper climbed well.") == "The keeper climbed well."
