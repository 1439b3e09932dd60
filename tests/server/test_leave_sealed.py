"""A medical proof end to end through push and pull: sealed on arrival, read by the office for a purpose, by nobody else (LV-09, VIS-03)."""

from server.domain.leave.ops import LeaveDecide, LeaveOpen, LeaveProof, LeaveRequest
from tests.support.cast import Cast
from tests.support.photos import Tus, blob_of, fetch, jpeg

DAY = 24 * 3_600_000
ILLNESS = "急性肠胃炎"


def test_the_picture_of_a_certificate_opens_to_the_office_alone_and_only_for_a_purpose(cast: Cast) -> None:
    wang, zhao, zhou, lin = (cast[name].pull() for name in "王赵周林")
    rid, photo = wang.replica.new_id(wang.replica.time.now()), jpeg(seed=77)
    begin = wang.replica.time.now() + 3 * DAY
    asked = LeaveRequest(wang.uid, "sick", begin, begin + 2 * DAY, ILLNESS)
    assert wang.do("leave.request", asked, rid).st == "applied"
    assert wang.do("leave.proof", LeaveProof(3, ILLNESS), rid, blobs=[blob_of(photo)]).st == "applied"
    assert Tus(wang).upload(photo).is_success
    assert zhao.do("leave.decide", LeaveDecide(True), rid).st == "applied"
    row = zhao.pull().replica.body("leave", rid)
    assert (row["proofs"], row["proof_days"], row["sealed"]) == (1, 3, True)
    assert fetch(wang, rid, photo).status_code == 200
    for other in (zhao, zhou, lin):
        assert fetch(other, rid, photo).status_code == 404
        assert not [shown.body for shown in other.pull().replica.rows.values() if ILLNESS in shown.body]
    assert zhao.do("leave.open", LeaveOpen("看看"), rid).code == "NO_RIGHT"
    assert zhou.do("leave.open", LeaveOpen("核对证明与天数"), rid).st == "applied"
    assert zhou.pull().replica.body("leave.sealed", rid)["text"] == ILLNESS
    assert fetch(zhou, rid, photo).status_code == 200
    assert fetch(zhao, rid, photo).status_code == 404
    (read,) = wang.pull().replica.body("leave.reads", rid)["reads"]
    assert (read["by"], read["purpose"]) == (zhou.uid, "核对证明与天数")
