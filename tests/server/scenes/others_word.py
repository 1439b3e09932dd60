"""What others say of a person's absence, of his sheet and of his post, and looks at hours for which nobody was due: nobody is counted by a
word he had not heard (ORG-01, EVD-02, EVD-04, CON-10, CON-23, CON-42).
"""

from server.domain.handover.ops import Back, SheetClose, SheetWithdraw
from server.domain.presence.ops import Announce, Assign, Cancel, Received, Return, StepUp
from server.domain.roster.ops import PutSwap
from tests.server.scenes.conflicts import GLANCE, NOTICE_CLEARS, SEEN_TWICE, Ledger, Scene, back, empty, notice, steps_up
from tests.server.scenes.handover import sheet, sheet_answered
from tests.server.scenes.play import Said
from tests.server.scenes.small_hall import DAY, at

AWAY = notice("9:58", "9:58", "11:00", reason="meeting")
SEEN = (empty("o1", "10:10"), empty("o2", "10:21"))
HEAD_ENDS = Said("zhao", "10:05", "away.return", "n1", Return(at("10:05")))
SHEET = (sheet("9:00"), sheet_answered("9:02"))
ENDED_BY = Ledger("pending", 1, 0, "explain.ended_by")
SHEET_ENDED = Ledger("pending", 1, 0, "explain.sheet_ended")
HANDED = Ledger("explained", 1, 0, "explain.handover_absent")
QIAN_LEAVES = Said("qian", "9:50", "away.announce", "n2", Announce(["w2"], "meeting", at("9:58"), at("11:00"), "qian", stand_in="wang"))
QIAN_ASKS_NOBODY = Said("qian", "9:50", "away.announce", "n2", Announce(["w2"], "meeting", at("9:58"), at("11:00"), "qian"))
SENT = Said("zhao", "9:52", "away.assign", "n2", Assign("wang", "去顶"))
TWO_POSTS = ("pending", 1, 0, "explain.two_posts")


def says_away(*posts: str) -> Said:
    """王 is away for an hour, from these posts by what his phone knows."""
    return Said("wang", "9:58", "away.announce", "n1", Announce(list(posts), "meeting", at("9:58"), at("11:00"), "wang"))


def swap(who: str) -> Said:
    """That 李 is A of w1 from 9:27 on."""
    return Said(who, "9:27", "roster.swap", "sw", PutSwap("w1", DAY, "li", "wang"))


OTHERS_WORD_SCENES = (
    Scene("EVD-02 HEAD says he is back, who neither said so nor could read it", (AWAY, HEAD_ENDS, *SEEN), {"o1": ENDED_BY}),
    Scene(
        "EVD-02 HEAD takes the notice back",
        (AWAY, Said("zhao", "9:59", "away.cancel", "n1", Cancel("不准")), *SEEN),
        {"o1": ENDED_BY},
    ),
    Scene(
        "EVD-02 his phone had it before the looks",
        (AWAY, HEAD_ENDS, Said("wang", "10:06", "away.received", "n1", Received()), *SEEN),
        {"o1": SEEN_TWICE},
    ),
    Scene(
        "EVD-03 that his phone had it, by a clock nobody can believe, counts from when the server heard of it",
        (AWAY, HEAD_ENDS, Said("wang", "10:06", "away.received", "n1", Received(), "C"), *SEEN),
        {"o1": ENDED_BY},
    ),
    Scene(
        "EVD-02 his phone had it between the looks: one glance is left",
        (AWAY, HEAD_ENDS, Said("wang", "10:15", "away.received", "n1", Received()), *SEEN),
        {"o1": ENDED_BY},
    ),
    Scene("EVD-02 HEAD and then he himself say so before the looks", (AWAY, HEAD_ENDS, back("10:07"), *SEEN), {"o1": SEEN_TWICE}),
    Scene("EVD-02 he himself says so after the looks", (AWAY, HEAD_ENDS, *SEEN, back("10:40")), {"o1": ENDED_BY}),
    Scene("EVD-08 what HEAD ended makes no finding of a glance", (AWAY, HEAD_ENDS, SEEN[0]), {"o1": GLANCE}),
    Scene("CON-42 he said he is away, and named no post", (says_away(), *SEEN), {"o1": NOTICE_CLEARS}),
    Scene(
        "CON-42 he named another post that was his, too",
        (says_away("w2"), *SEEN),
        {"o1": Ledger("pending", 1, 0, "explain.other_post")},
    ),
    Scene(
        "CON-42 a notice that names not this post accuses of nothing here",
        (says_away(), empty("o1", "11:30")),
        {"o1": GLANCE},
    ),
    Scene(
        "CON-10 B says the work is handed back",
        (*SHEET, Said("li", "10:05", "handover.back", "s1", Back(at("10:05"))), *SEEN),
        {"o1": SHEET_ENDED},
    ),
    Scene(
        "CON-10 B says after the looks that it was before them",
        (*SHEET, *SEEN, Said("li", "10:30", "handover.back", "s1", Back(at("10:00")))),
        {"o1": HANDED},
    ),
    Scene(
        "CON-10 HEAD closes the sheet", (*SHEET, Said("zhao", "10:05", "handover.close", "s1", SheetClose()), *SEEN), {"o1": SHEET_ENDED}
    ),
    Scene(
        "CON-10 HEAD takes it back before it began",
        (*SHEET, Said("zhao", "9:50", "handover.withdraw", "s1", SheetWithdraw()), *SEEN),
        {"o1": SHEET_ENDED},
    ),
    Scene(
        "CON-10 HEAD takes it back after the looks",
        (*SHEET, *SEEN, Said("zhao", "10:30", "handover.withdraw", "s1", SheetWithdraw())),
        {"o1": HANDED},
    ),
    Scene(
        "CON-10 A takes it back before the looks",
        (*SHEET, Said("wang", "9:50", "handover.withdraw", "s1", SheetWithdraw()), *SEEN),
        {"o1": SEEN_TWICE},
    ),
    Scene(
        "EVD-03 A closes it by a clock nobody can believe",
        (*SHEET, Said("wang", "10:05", "handover.close", "s1", SheetClose(), "C"), *SEEN),
        {"o1": SHEET_ENDED},
    ),
    Scene(
        "CON-23 王 says 李 has the post, 李 that he takes it: his own, which he may not have known",
        (swap("wang"), steps_up("9:37"), *SEEN),
        {"o1": Ledger("pending", 1, 0, "explain.swapped")},
    ),
    Scene(
        "CON-23 李 says he has the post, and on another phone that he takes it: it is his",
        (swap("li"), Said("li", "9:37", "cover.step_up", "k1", StepUp("w1", at("9:37")), phone="-2"), *SEEN),
        {"o1": SEEN_TWICE},
    ),
    Scene(
        "CON-10 B took the post, and A took the sheet back then",
        (*SHEET, steps_up("10:01"), Said("wang", "10:05", "handover.withdraw", "s1", SheetWithdraw()), *SEEN),
        {"o1": Ledger("explained", 1, 0, "explain.cover_absent")},
    ),
    Scene("ORG-01 nobody is due in the noon break", (empty("o1", "13:00"), empty("o2", "13:11")), {}),
    Scene("ORG-01 nor before the hall opens", (empty("o1", "7:50"), empty("o2", "8:05"), empty("o3", "8:29:59")), {}),
    Scene(
        "ORG-01 a look on closing is the last of the session",
        (empty("o1", "11:49:59"), empty("o2", "11:59:59"), empty("o3", "12:00")),
        {"o1": SEEN_TWICE},
    ),
    Scene(
        "ORG-01 leave that ends in the noon break leaves nobody to be missed there",
        (
            Said("wang", "9:00", "away.announce", "n1", Announce(["w1"], "step_away", at("9:00"), at("9:05"), "wang")),
            back("9:04"),
            empty("o1", "13:00"),
            empty("o2", "13:11"),
        ),
        {},
    ),
)
