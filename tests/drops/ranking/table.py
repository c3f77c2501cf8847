"""A table to judge at: fields, scripted judges, and a way to play them out."""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from drops.ranking import (
    Answer,
    Entry,
    Field,
    Grade,
    GradeAnswer,
    Judge,
    Letter,
    Pair,
    PairAnswer,
    Pending,
    Question,
    StaffPicks,
    Step,
)

Decide = Callable[[Question], Answer]

# A pick, and the sides that are called unusable with it.
CHOICES = (
    ("left", ()),
    ("right", ()),
    ("equal", ()),
    ("left", ("right",)),
    ("right", ("left",)),
    ("equal", ("left",)),
    ("equal", ("left", "right")),
)


def make_entry(order: int, slot: str = "", disqualified: str = "") -> Entry:
    name = slot or f"slot-{order}"
    return Entry(name, f"Seat {order + 1}", order, "a text", (), disqualified)


def make_field(
    count: int = 3,
    *,
    seed: str = "seed",
    bar: Letter = Letter.D,
    slots: Sequence[str] = (),
    disqualified: Sequence[int] = (),
) -> Field:
    entries = tuple(
        make_entry(
            order,
            slots[order] if slots else "",
            "copy of an earlier entry." if order in disqualified else "",
        )
        for order in range(count)
    )
    return Field("a prompt", "wild", "wild-1", seed, bar, entries)


def answer_pair(question: Question, pick: str, sides: Sequence[str] = ()) -> PairAnswer:
    assert isinstance(question, Pair)
    slots = {"left": question.left, "right": question.right}
    unusable = frozenset(slots[side] for side in sides)
    return PairAnswer(question.key, question.left, question.right, pick, unusable)  # type: ignore[arg-type]


def prefer(*best_first: str, grade: Letter = Letter.A) -> Decide:
    """Someone with a firm order of preference."""

    def decide(question: Question) -> Answer:
        if isinstance(question, Grade):
            return GradeAnswer(question.key, question.slot, grade)
        left_first = best_first.index(question.left) < best_first.index(question.right)
        return answer_pair(question, "left" if left_first else "right")

    return decide


def reject(*slots: str, then: Decide) -> Decide:
    """Someone who calls `slots` unusable and decides the rest like `then`."""

    def decide(question: Question) -> Answer:
        if isinstance(question, Grade):
            return then(question)
        sides = {"left": question.left, "right": question.right}
        bad = [side for side, slot in sides.items() if slot in slots]
        good = [side for side in sides if side not in bad]
        if not bad:
            return then(question)
        return answer_pair(question, good[0] if good else "equal", bad)

    return decide


def follow(script: Sequence[int], grade: Letter) -> Decide:
    """Someone who makes the choices of a script, whatever is asked."""
    choices = iter(script)

    def decide(question: Question) -> Answer:
        if isinstance(question, Grade):
            return GradeAnswer(question.key, question.slot, grade)
        return answer_pair(question, *CHOICES[next(choices)])

    return decide


def play(field: Field, decide: Decide, judge: Judge | None = None) -> tuple[list[Step], list[Answer]]:
    """All the steps of a contest, the last one final, and the answers between them."""
    judge = judge or StaffPicks()
    answers: list[Answer] = []
    steps = [judge.begin(field)]
    while isinstance(step := steps[-1], Pending):
        answers.append(decide(step.question))
        steps.append(judge.resume(field, answers))
    return steps, answers


counts = st.integers(0, 5)
seeds = st.text("0123456789abcdef", min_size=1, max_size=8)
letters = st.sampled_from(Letter)
bars = st.sampled_from([letter for letter in Letter if letter is not Letter.F])
# More choices than any contest may ask for, so that too many would show.
scripts = st.lists(st.integers(0, len(CHOICES) - 1), min_size=12, max_size=12)
