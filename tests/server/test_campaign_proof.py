"""What shows that a problem was put right: photos that have come, a reason why there are none, or words, as the hall has it (RCT-02)."""

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.campaign.ops import ClaimDone, OrderProblem, VerifyProblem
from server.domain.campaign.tables import ProblemRecord
from sync.ops import Blob
from tests.server.scenes.small_hall import ACTORS, at, small_hall
from tests.server.test_domain_campaign import HALL, act, find, put, state


@pytest.mark.parametrize(
    ("proof", "source", "shown", "text", "unshown", "code"),
    [
        *[(proof, "patrol", "ba", "", "", None) for proof in ("material", "reason", "words")],
        *[("reason", source, shown, "现场看过", "", "NO_PROOF") for source in ("patrol", "covert") for shown in ("", "b", "a")],
        *[("material", "patrol", shown, "", "", "NO_PROOF") for shown in ("b?a", "ba?", "b?a?", "b!a", "ba!")],
        *[("reason", "covert", shown, "现场看过", "", "NO_PROOF") for shown in ("b?a?", "ba!")],
        ("reason", "patrol", "b?a?", "现场看过", "口头服务，无物可拍", None),
        ("reason", "patrol", "", "", "口头服务，无物可拍", "NO_PROOF"),
        ("reason", "patrol", "", "现场看过", " ", "NO_PROOF"),
        ("reason", "patrol", "b", "现场看过", "口头服务，无物可拍", None),
        ("reason", "meeting", "", "现场看过", "", None),
        ("reason", "meeting", "", "", "", "NO_PROOF"),
        ("material", "covert", "a", "现场看过", "口头服务，无物可拍", "NO_PROOF"),
        ("material", "complaint", "", "现场看过", "", None),
        ("words", "patrol", "", "现场看过", "", None),
        ("words", "patrol", "", "", "", "NO_PROOF"),
    ],
)
def test_what_was_seen_on_the_spot_is_accepted_with_material_from_before_and_after_or_as_the_hall_has_it(
    proof: str, source: str, shown: str, text: str, unshown: str, code: str | None
) -> None:
    """RCT-02, GEN-03: by default the material, or why there can be none; of the rest words on how it was verified. A claim is kept however
    it comes, and the problem says what it will be accepted by. `shown`: photos of before and after; what is named and has not arrived (?)
    or was refused (!) shows nothing.
    """
    hall = small_hall(domains=HALL, **{"rct.proof": proof})
    assert put(hall).st == "applied"
    find(hall, source=source)
    assert hall.row("problem", "p1").get("proof", "words") == (proof if source in ("patrol", "covert") else "words")
    before, after = (one if one in shown else "" for one in "ba")
    blobs = [Blob(sha256=one * 64, size=1, mime="image/webp", taken=0) for one in (before, after) if one]
    claim = ClaimDone("已改", [before * 64] if before else [], [after * 64] if after else [])
    said = hall.op(ACTORS["zhao"], "problem.claim", "p1", claim, at=at("10:00"))
    assert hall.run(msgspec.structs.replace(said, blobs=blobs)).st == "applied"
    for one in (blob.sha256 for blob in blobs if f"{blob.sha256[0]}?" not in shown):
        hall.bytes_of("zhao", one, "refused" if f"{one[0]}!" in shown else "stored")
    verify = VerifyProblem(True, text, unshown)
    assert act(hall, "lin", "problem.verify", verify, clock="10:05") == Outcome("refused" if code else "applied", code)
    assert state(hall) == ("claimed" if code else "verified")
    assert hall.row("problem", "p1")["steps"][-1].get("unshown", "") == ("" if code else unshown)


def test_a_claim_whose_photos_are_on_their_way_waits_in_sight_and_is_verified_once_they_are_here() -> None:
    """RCT-02, EVD-13: its time counts from when it was said; a claim by another takes nothing off the list of what is missing."""
    hall = small_hall(domains=HALL, **{"rct.proof": "material"})
    assert put(hall).st == "applied"
    find(hall)
    act(hall, "chen", "problem.order", OrderProblem("整改", "wang"), clock="9:40")
    photos = [Blob(sha256=one * 64, size=1, mime="image/webp", taken=0) for one in "ba"]
    before, after = (photo.sha256 for photo in photos)
    assert act(hall, "wang", "problem.claim", ClaimDone("已改", [before], [after]), clock="9:50", blobs=photos).st == "applied"
    other = Blob(sha256="c" * 64, size=1, mime="image/webp", taken=0)
    assert act(hall, "zhao", "problem.claim", ClaimDone("一并整改"), clock="9:45", blobs=[other]).st == "applied"
    hall.bytes_of("zhao", other.sha256)

    def waits() -> tuple[str, int, bool]:
        due = hall.row("blob.due", "p1")
        return state(hall), due["missing"] if due else 0, act(hall, "lin", "problem.verify", VerifyProblem(True)).code == "NO_PROOF"

    assert waits() == ("claimed", 2, True)
    assert hall.buckets("blob.due", "p1") == {"role:OFF", "u:wang"}
    hall.bytes_of("wang", before)
    assert waits() == ("claimed", 1, True)
    seen = hall.tx.version("problem", "p1")
    hall.bytes_of("wang", after)
    assert (hall.row("blob.due", "p1"), hall.tx.version("problem", "p1")) != (None, seen), "whoever verifies is shown that it has come"
    assert act(hall, "lin", "problem.verify", VerifyProblem(True), clock="12:00").st == "applied"
    assert (state(hall), hall.tx.get(ProblemRecord, "p1").claimed_at) == ("verified", at("9:45"))  # type: ignore[union-attr]


def test_a_later_claim_in_words_alone_hides_no_photos_but_those_of_work_that_was_returned_or_ordered_anew() -> None:
    """RCT-02: the material asked for has come, whatever is added; of work returned or ordered anew no old photo shows how it is now."""
    hall = small_hall(domains=HALL, **{"rct.proof": "material"})
    assert put(hall).st == "applied"
    find(hall)
    act(hall, "chen", "problem.order", OrderProblem("整改", "wang"), clock="9:40")

    def claims(clock: str, shown: str) -> tuple[list[str], list[str]]:
        photos = [Blob(sha256=one * 64, size=1, mime="image/webp", taken=0) for one in shown]
        before, after = ([p.sha256 for p in photos if p.sha256[0] in part] for part in ("b", "ac"))
        assert act(hall, "wang", "problem.claim", ClaimDone("已改", before, after), clock=clock, blobs=photos).st == "applied"
        for photo in photos:
            hall.bytes_of("wang", photo.sha256)
        row = hall.row("problem", "p1")
        return row.get("before", []), row.get("after", [])

    assert claims("9:50", "ba") == (["b" * 64], ["a" * 64])
    assert claims("9:55", "") == (["b" * 64], ["a" * 64])
    assert act(hall, "lin", "problem.verify", VerifyProblem(False, "没有改好"), clock="10:00").st == "applied"
    assert hall.row("problem", "p1")["after"] == ["a" * 64]
    assert claims("10:10", "") == (["b" * 64], [])
    assert act(hall, "lin", "problem.verify", VerifyProblem(True), clock="10:15").code == "NO_PROOF"
    assert claims("10:20", "c") == (["b" * 64], ["c" * 64])
    act(hall, "chen", "problem.order", OrderProblem("整改台账", "wang"), clock="10:21")
    assert hall.row("problem", "p1")["after"] == ["c" * 64]
    assert claims("10:22", "") == (["b" * 64], [])
    assert claims("10:25", "a") == (["b" * 64], ["a" * 64])
    assert act(hall, "lin", "problem.verify", VerifyProblem(True), clock="10:30").st == "applied"
