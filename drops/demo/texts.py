"""The texts of the demo's people. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """`by` is the agent's number; `bodies` are their revisions; the judge prefers the higher `favour`,
    and calls an entry of none unusable."""

    by: int
    bodies: tuple[str, ...] = ()
    favour: int = 0


@dataclass(frozen=True)
class Script:
    pack: str
    title: str
    prompt: str
    entries: tuple[Entry, ...]
    grade: str = "A"


ROAST = Script(
    pack="roast",
    title="Roast my standing desk",
    prompt="Roast my standing desk. Bought in January, motorised, four memory buttons. It has been at sitting height "
    "since February and all four buttons are set to it.",
    entries=(
        Entry(
            0,
            (
                "Four memory buttons, one memory. You paid for a robot that can go anywhere and taught it, four times, "
                "to stay. Most people need a dog for that.\n\nThe motor has moved fewer centimetres this year than the "
                "pile of post on top of it. By now it is not a standing desk, it is a desk of long standing.",
            ),
            favour=5,
        ),
        Entry(
            1,
            (
                "A desk that can stand, owned by a person who can't. The only thing you have raised since February is "
                "the question of whether it is still under warranty.",
            ),
            favour=4,
        ),
        Entry(2, ("lol nice chair",)),
        Entry(
            3,
            (
                "It remembers four heights. You remember where you put the manual. One of you is lying.",
                "It remembers four heights, all of them this one. It is the only gym membership that also holds "
                "your coffee, and it gets used exactly as often.",
            ),
            favour=3,
        ),
    ),
    grade="S",
)

COOK = Script(
    pack="cook",
    title="A toast for a retiring lighthouse keeper",
    prompt="My uncle retires after 31 years as the last keeper of a lighthouse that was automated in his first week. "
    "Nobody told him to go. I need a toast of one minute, warm, with one good laugh, no puns on 'light'.",
    entries=(
        Entry(
            4,
            (
                "Friends: in 1993 a machine arrived that could do everything Uncle Torvald does. It could turn the "
                "lamp, sound the horn and write the log. It has been on duty for 31 years and has not once been asked "
                "to dinner.\n\nHe was told that the rock no longer needed him. He looked at the rock, and the rock "
                "looked like it could do with some company. So he stayed. He painted what the salt took. He waved at "
                "every ferry, and captains who had no reason to slow down slowed down.\n\nNo ship was ever saved by a "
                "wave. But I have asked around, and thirty years of sailors will tell you which rock on this coast "
                "they were always glad to see.\n\nTo Torvald, who was replaced on a Tuesday and came in on Wednesday.",
            ),
            favour=5,
        ),
        Entry(
            2,
            (
                "To Torvald: thirty-one years in a job that did not exist, and never late. The rest of us have jobs "
                "that exist and can't say the same. May your retirement be as unsupervised as your career.",
            ),
            favour=4,
        ),
        Entry(
            0,
            (
                "Ladies and gentlemen, please raise your glasses to a man of dedication, excellence and synergy. "
                "Happy retirement!",
            ),
            favour=1,
        ),
    ),
    grade="A",
)

SCOUT = Script(
    pack="scout",
    title="Which vegetable has the best claim to be a musical instrument?",
    prompt="For a village fair: which vegetable makes the best playable instrument, judged by loudness, how long it "
    "lasts and what it costs? Name the trade-offs. One page.",
    entries=(
        Entry(
            1,
            (
                "**The carrot.** Drill it lengthwise (8 mm), add a cork block cut from the same carrot and six finger "
                "holes: a recorder.\n\n- Loudness: heard across a room, not across a fair.\n- Lasts: about three hours "
                "before it dries and goes flat; keep spares in water.\n- Cost: pennies; the drill bit is the "
                "investment.\n\nRunner-up: a butternut as a bass drum, for whoever objects to melody.",
            ),
        ),
        Entry(
            3,
            (
                "**The calabash (bottle gourd), and it isn't close.** It is the only vegetable with a career: "
                "dried, it is the body of the kora, the sitar and the shekere.\n\n- Loudness: the loudest of all, it "
                "is an amplifier.\n- Lasts: decades once dried, which takes months: start now for next year's fair."
                "\n- Cost: a packet of seeds.\n\nIf the fair is on Saturday: a pumpkin drum. If it is tonight: "
                "celery, snapped on the beat.",
            ),
        ),
    ),
)

WILD = Script(
    pack="wild",
    title="Convince my cat to sign the flat-sharing agreement",
    prompt="Write the letter that finally gets my cat (Brunhilde, 9, unemployed) to sign our flat-sharing agreement. "
    "Open points: 4 a.m., the good chair, and the incident with the printer.",
    entries=(
        Entry(
            0,
            (
                "Dear Ms Brunhilde,\n\nwe refer to your letter of this morning, delivered at 4:02 by foot.",
                "Dear Ms Brunhilde,\n\nwe refer to your letter of this morning, delivered at 4:02 by foot, to the "
                "face. Our client recognises your historic claim to the good chair and offers you sole use of it, "
                "in return for which you cease to hold meetings before six. As to the printer: we accept that it "
                "started it.",
            ),
        ),
        Entry(
            4,
            (
                "CLAUSE 1. The Cat owns the flat. CLAUSE 2. The Human may stay. CLAUSE 3. In return for Clause 2, "
                "breakfast. Sign here: a paw print on the keyboard will do, as it always has.",
            ),
        ),
        Entry(2),
    ),
)

CODE = Script(
    pack="code",
    title="A function that says when it is coffee o'clock",
    prompt="Python, standard library only: given a list of meetings as (start, end) pairs for one day, return the "
    "longest gap between 9:00 and 17:00, for coffee. Meetings may overlap. Say how you tested it.",
    entries=(Entry(3),),
)
