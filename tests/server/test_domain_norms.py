"""What the hall is measured by, through its handlers: versions, codes, phrases, the handbook (§6, PRH, LNG-04, LNG-06, FAC-06)."""

from typing import Any

import msgspec
import pytest

from server.domain.base import Outcome
from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from server.domain.campaign.ops import FindProblem
from server.domain.norms.ops import (
    Checklist,
    ChecklistGroup,
    ChecklistItem,
    CodeRule,
    ConductTag,
    EndPhrase,
    ItemAnswer,
    PutChecklist,
    PutCode,
    PutHandbook,
    PutPhrase,
    PutTagSet,
    ReadHandbook,
)
from server.domain.norms.rules import (
    answers_wrong,
    examples,
    items_of,
    list_wrong,
    may_record,
    score,
    shipped_checklists,
    split_version,
)
from sync.ops import OP_BYTES_MAX
from tests.server.scenes.small_hall import ACTORS, DAY, DOMAINS, at, small_hall
from tests.support.memory_tx import MemoryHall

SHIPPED = shipped_checklists()
CAMPAIGNS = DOMAINS if CAMPAIGN in DOMAINS else (*DOMAINS, CAMPAIGN)
LOCALES = {"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"}


def names(text: str) -> dict[str, str]:
    return {"zh_Hans": text}


def item(id: str, points: int, **more: bool) -> ChecklistItem:
    return ChecklistItem(id, names(id), points, **more)


def groups(*items: ChecklistItem) -> list[ChecklistGroup]:
    return [ChecklistGroup("A", names("甲"), list(items))]


def publish(hall: MemoryHall, rid: str = "fa-2", who: str = "zhou", **more: Any) -> Outcome:
    args: dict[str, Any] = {
        "names": names("场所检查表"),
        "use": "facility",
        "groups": groups(item("X1", 60), item("X2", 40)),
        "valid_from": DAY,
    }
    return hall.send(ACTORS[who], "norm.checklist", rid, PutChecklist(**(args | more)), received=at("10:00"))


# What is shipped ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "use", "items", "scored", "vetoes"),
    [("ms-1", "visit", 46, 46, 4), ("fa-1", "facility", 47, 45, 0), ("cp-1", "facility", 10, 10, 0), ("quick-1", "quick", 15, 0, 0)],
)
def test_the_shipped_checklists_are_whole_and_make_a_hundred_points(id: str, use: Any, items: int, scored: int, vetoes: int) -> None:
    """CHK-07, FAC-01..06, FAC-08, §6.1..6.3: every item in four languages, points that add up."""
    shipped = SHIPPED[id]
    every = list(items_of(shipped).values())
    assert (shipped.use, len(every), sum(one.points > 0 for one in every), sum(one.veto for one in every)) == (use, items, scored, vetoes)
    assert list_wrong(use, shipped.names, shipped.groups) == ""
    assert all(set(one.names) == LOCALES for one in (shipped, *shipped.groups, *every))


def test_the_shipped_codes_are_an_example_in_four_languages_under_the_four_eliminations() -> None:
    """PRH-01, PRH-02, PRH-03, PRH-05: 36 codes, each with rule, step and proof."""
    codes = examples().codes
    assert [*codes] == [f"F{n:02d}" for n in range(1, 37)]
    assert all(rule.example and set(rule.names) == LOCALES == set(rule.basis) and rule.proof and rule.points for rule in codes.values())
    assert {rule.group for rule in codes.values()} == {"bending", "leaking", "deserting", "slackness", "other"}
    assert (codes["F27"].public, codes["F05"].public) == (False, True)


def test_a_new_hall_has_every_norm_and_an_old_one_keeps_its_own() -> None:
    """FAC-06, LNG-04, LNG-06, PRH-05."""
    hall = small_hall()
    assert {kind: len(dict(hall.rows(kind))) for kind in ("code", "phrase", "tagset", "handbook")} == {
        "code": 36,
        "phrase": 15,
        "tagset": 5,
        "handbook": 1,
    }
    shown = dict(hall.tx.rows)
    hall.tick(at("10:00"))
    assert hall.tx.rows == shown
    bare = MemoryHall(hall.domains, at("9:00"))
    bare.tick(at("9:01"))
    assert not bare.tx.rows, "a hall that is not founded has none"


# Checklists -----------------------------------------------------------------------------------------------------------


def test_a_list_is_published_as_a_new_version_and_the_old_one_stays_readable() -> None:
    """FAC-06, GEN-01."""
    hall = small_hall()
    assert publish(hall).st == "applied"
    assert hall.row("checklist", "fa-2")["by"] == "zhou"
    assert hall.row("checklist", "fa-1")["version"] == 1
    assert hall.buckets("checklist", "fa-2") == {"role:INS", "role:EFF", "role:OFF", "role:ADM", "role:CHECK"}
    assert hall.tx.ask("checklist", id="fa-1") == SHIPPED["fa-1"]
    assert hall.tx.ask("checklist_now", use="facility", day=DAY)[0] == "fa-2"
    assert hall.tx.ask("checklist_now", use="facility", day="2026-11-22")[0] in ("fa-1", "cp-1"), "the day before keeps its own"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"groups": groups(item("X1", 60), item("X2", 41))}, "POINTS_SUM"),
        ({"groups": groups(item("X1", 60))}, "POINTS_SUM"),
        ({"groups": []}, "INVALID"),
        ({"groups": [ChecklistGroup("A", names("甲"), [])]}, "INVALID"),
        ({"groups": groups(item("X1", 50), item("X1", 50))}, "INVALID"),
        ({"groups": groups(item("X1", -10), item("X2", 50), item("X3", 50), item("X4", 10))}, "INVALID"),
        ({"groups": groups(item("X1", 101))}, "INVALID"),
        ({"groups": groups(item("X1", 50), item("X2", 50), item("X3", 0, veto=True))}, "INVALID"),
        ({"groups": groups(item("no id", 50), item("X2", 50))}, "INVALID"),
        ({"names": {"en": "no Chinese name"}}, "INVALID"),
        ({"names": names("长" * 301)}, "INVALID"),
        ({"names": {"zh_Hans": "表", "fr": "liste"}}, "INVALID"),
        ({"valid_from": "2026-11-22"}, "INVALID"),
        ({"valid_from": "soon"}, "INVALID"),
        ({"rid": "own-1", "use": "quick", "groups": groups(item("X1", 100))}, "POINTS_SUM"),
        ({"rid": "fa-1"}, "VERSION_TAKEN"),
        ({"rid": "fa-3"}, "INVALID"),
        ({"rid": "fa"}, "INVALID"),
        ({"rid": "own-1", "use": "visit", "who": "zhao"}, "NO_RIGHT"),
        ({"who": "sun"}, "NO_RIGHT"),
        ({"who": "wang"}, "NO_RIGHT"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_with_its_reason(wrong: dict[str, Any], code: str) -> None:
    """FAC-06: points that do not make 100 (POINTS_SUM), a version somebody else was first with (VERSION_TAKEN)."""
    hall = small_hall()
    before = dict(hall.tx.rows)
    assert publish(hall, **wrong) == Outcome("refused", code)
    assert hall.tx.rows == before


def test_lists_of_ones_own_and_quick_lists_begin_at_version_one() -> None:
    """§6.3: a check lead publishes lists for visits, the office any; quick codes give no points."""
    hall = small_hall()
    fifty = groups(item("X1", 50), item("X2", 50))
    assert publish(hall, "own-1", "sun", use="visit", groups=fifty).st == "applied"
    assert publish(hall, "mine-1", use="quick", groups=groups(item("P1", 0))).st == "applied"
    assert publish(hall, "own-2", use="facility", groups=fifty) == Outcome("refused", "INVALID"), "a list keeps its use"
    assert publish(hall, "own-2", use="visit", groups=fifty) == Outcome("refused", "NO_RIGHT"), "the lists of visits are the check lead's"


def test_a_whole_list_in_four_languages_fits_into_one_op() -> None:
    """FAC-06: as large as an op may be, minus its envelope."""
    largest = max(len(msgspec.json.encode(one)) for one in SHIPPED.values())
    assert largest < OP_BYTES_MAX - 2_000


LIST = Checklist(names("表"), 1, groups(item("X1", 60, proof=True), item("X2", 30, na=False), item("X3", 10), item("X4", 0)))


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ([ItemAnswer("X1", "full")], ""),
        ([ItemAnswer("X1", "fail", "写明")], ""),
        ([ItemAnswer("X1", "fail", photos=["0" * 64])], ""),
        ([ItemAnswer("X1", "fail", " ")], "PROOF_MISSING"),
        ([ItemAnswer("X1", "half")], ""),
        ([ItemAnswer("X2", "na"), ItemAnswer("X1", "full")], "INVALID"),
        ([ItemAnswer("X3", "na")], "INVALID"),
        ([ItemAnswer("X9", "full")], "ITEM_UNKNOWN"),
        ([], "INVALID"),
    ],
)
def test_an_answer_sheet_is_judged_by_its_version_of_the_list(answers: list[ItemAnswer], wrong: str) -> None:
    """CHK-07, FAC-06: n.a. only where it is allowed, evidence where a failure asks for it."""
    assert answers_wrong(LIST, answers) == wrong


def test_what_is_only_looked_at_gives_no_points() -> None:
    """§6.2: the two log checks."""
    with_log = [ItemAnswer("X3", "full"), ItemAnswer("X4", "fail")]
    assert score(LIST, with_log) == score(LIST, with_log[:1])


@pytest.mark.parametrize(
    ("rid", "split"),
    [
        ("ms-1", ("ms", 1)),
        ("a.b-12", ("a.b", 12)),
        ("ms", ("", 0)),
        ("-1", ("", 0)),
        ("ms-0", ("", 0)),
        ("ms-01", ("", 0)),
        ("x y-1", ("", 0)),
    ],
)
def test_a_version_names_its_list_and_number(rid: str, split: tuple[str, int]) -> None:
    assert split_version(rid) == split


# Codes ----------------------------------------------------------------------------------------------------------------


def rule(**more: Any) -> CodeRule:
    return CodeRule(**({"names": names("未戴工牌"), "group": "slackness", "valid_from": DAY, "points": 1} | more))


def put(hall: MemoryHall, rid: str = f"K1@{DAY}", who: str = "zhou", guard: dict[str, int] | None = None, **more: Any) -> Outcome:
    return hall.send(ACTORS[who], "norm.code", rid, PutCode(rule(**more)), received=at("10:00"), guard=guard)


def test_a_code_is_what_it_is_from_a_day_on_and_the_past_keeps_its_own() -> None:
    """PRH-01, GEN-03: the shipped F05 is replaced by local text; what was seen before is named by the rule of its day."""
    hall = small_hall()
    assert put(hall, f"F05@{DAY}", names=names("无故空岗"), points=5, example=True).st == "applied"
    assert hall.row("code", f"F05@{DAY}")["rule"].get("example", False) is False, "local text is no example"
    assert hall.tx.ask("code", code="F05", day=DAY).points == 5
    assert hall.tx.ask("code", code="F05", day="2026-11-22").points == 3
    assert hall.buckets("code", f"F05@{DAY}") == {"hall"}


def test_changing_the_version_of_a_day_needs_to_have_seen_it() -> None:
    """PRH-01: two at the desk do not overwrite each other."""
    hall = small_hall()
    put(hall)
    assert put(hall, points=2) == Outcome("refused", "STALE", 1)
    assert put(hall, points=2, guard={f"K1@{DAY}": 1}).st == "applied"


def test_a_unit_adds_items_of_its_own_and_only_its_own() -> None:
    """PRH-04: seen by the unit and those who supervise; nobody takes a code that is somebody else's."""
    hall = small_hall()
    assert put(hall, who="zhao", unit="u1").st == "applied"
    seen = hall.buckets("code", f"K1@{DAY}")
    assert seen == {"unit:u1", "role:INS", "role:CHECK", "role:LEAD", "role:OFF", "role:EFF", "role:ADM"}
    assert put(hall, f"K2@{DAY}", "zhao", unit="u2") == Outcome("refused", "NO_RIGHT")
    assert put(hall, f"K2@{DAY}", "zhao") == Outcome("refused", "NO_RIGHT")
    assert put(hall, f"K1@{DAY}", "feng", unit="u2") == Outcome("refused", "TAKEN")
    assert put(hall, f"F05@{DAY}", "zhao", unit="u1") == Outcome("refused", "TAKEN")


@pytest.mark.parametrize(
    ("rid", "wrong"),
    [
        (f"k1@{DAY}", {}),
        (f"K-1@{DAY}", {}),
        ("K1", {}),
        (f"K1@{DAY}", {"valid_from": "2026-11-24"}),
        ("K1@2026-11-22", {"valid_from": "2026-11-22"}),
        (f"K1@{DAY}", {"names": {}}),
        (f"K1@{DAY}", {"basis": {"en": "only English"}}),
        (f"K1@{DAY}", {"points": 101}),
        (f"K1@{DAY}", {"proof": ["note", "note"]}),
        (f"K1@{DAY}", {"unit": "u9"}),
    ],
)
def test_a_code_that_makes_no_sense_is_refused(rid: str, wrong: dict[str, Any]) -> None:
    """PRH-01."""
    assert put(small_hall(), rid, **wrong) == Outcome("refused", "INVALID")


@pytest.mark.parametrize(("who", "roles", "may"), [([], ["STF"], True), (["EFF", "OFF"], ["OFF"], True), (["EFF"], ["INS", "STF"], False)])
def test_who_may_record_a_code_is_said_by_the_code(who: list[str], roles: list[str], may: bool) -> None:
    """PRH-01."""
    assert may_record(rule(who=who), roles) is may


def test_a_code_is_recorded_by_whom_it_says_about_whose_it_is() -> None:
    """PRH-01, PRH-04: through the list of problems; what is not one's to record is held, whole."""
    hall = small_hall(domains=CAMPAIGNS)
    put(hall, who="zhao", unit="u1")
    find = FindProblem("u1", "patrol", "K1", "未戴工牌")
    assert hall.send(ACTORS["lin"], "problem.find", "p1", find).st == "applied"
    assert hall.send(ACTORS["lin"], "problem.find", "p2", msgspec.structs.replace(find, unit="u2")) == Outcome("held", "INVALID")
    assert hall.send(ACTORS["lin"], "problem.find", "p3", msgspec.structs.replace(find, code="F99")) == Outcome("held", "INVALID")
    grave = msgspec.structs.replace(find, code="F27")
    assert hall.send(ACTORS["lin"], "problem.find", "p4", grave) == Outcome("held", "NO_RIGHT")
    assert hall.send(ACTORS["chen"], "problem.find", "p5", grave).st == "applied"


@pytest.mark.parametrize(
    ("made", "outcome"), [(DAY, Outcome("applied")), ("2026-11-24", Outcome("applied")), ("2026-11-25", Outcome("held", "NO_RIGHT"))]
)
def test_a_code_is_judged_by_the_day_it_was_used_on_not_by_that_of_its_arrival(made: str, outcome: Outcome) -> None:
    """PRH-01, GEN-03, EVD-02: from Tuesday it is EFF's alone; that day, whose hour nobody knows, does not yet cost anybody's evidence."""
    hall = small_hall(domains=CAMPAIGNS)
    put(hall, f"K1@{DAY}")
    narrow = PutCode(rule(valid_from="2026-11-24", who=["EFF"]))
    assert hall.send(ACTORS["zhou"], "norm.code", "K1@2026-11-24", narrow, received=at("10:00")).st == "applied"
    find = FindProblem("u1", "patrol", "K1", "未戴工牌")
    then = at("10:00", "2026-11-26")
    assert hall.send(ACTORS["lin"], "problem.find", "p1", find, at=at("10:00", made), received=then) == outcome
    since = at("9:00", "2026-11-25")
    assert hall.send(ACTORS["lin"], "problem.find", "p2", find, at=at("10:00"), received=then, not_before=since) == Outcome(
        "held", "NO_RIGHT"
    ), "no clock put back helps"


# Phrases, tags, handbook ----------------------------------------------------------------------------------------------


def test_the_phrase_book_is_edited_and_a_line_taken_out() -> None:
    """LNG-01, LNG-02, LNG-03, LNG-06: the example is replaced by the hall's own words."""
    hall = small_hall()
    assert hall.buckets("phrase", "ex-greet") == {"hall"}
    own = PutPhrase("greet", names("您好，请坐。"), names("找谁？"), 1)
    assert hall.send(ACTORS["zhou"], "norm.phrase", "ex-greet", own) == Outcome("refused", "STALE", 1)
    assert hall.send(ACTORS["zhou"], "norm.phrase", "ex-greet", own, guard={"ex-greet": 1}).st == "applied"
    assert hall.row("phrase", "ex-greet") == {"scene": "greet", "good": names("您好，请坐。"), "bad": names("找谁？"), "order": 1}
    assert hall.send(ACTORS["zhou"], "norm.phrase_end", "ex-wait", EndPhrase()).st == "applied"
    assert hall.row("phrase", "ex-wait") is None
    assert hall.send(ACTORS["zhou"], "norm.phrase_end", "ex-wait", EndPhrase()) == Outcome("refused", "GONE")
    for who in ("wang", "zhao", "sun"):
        assert hall.send(ACTORS[who], "norm.phrase", "p9", own) == Outcome("refused", "NO_RIGHT")


def test_what_is_shipped_says_what_the_texts_of_the_institutions_say() -> None:
    """LNG-04, CHK-07, PTL-08: the ten points of 004 (二).3, the four of 003 附一 三.3, the four tellings of 五.2, one call of 000 三.1."""
    hall = small_hall()

    def tags(rid: str) -> list[str]:
        return [tag["names"]["zh_Hans"] for tag in hall.row("tagset", rid)["tags"]]

    assert tags("spirit") == [
        *("热情多一点", "微笑多一点", "嘴巴甜一点", "说话轻一点", "度量大一点"),
        *("脾气小一点", "脑筋活一点", "做事勤一点", "行动快一点", "效率高一点"),
    ]
    assert tags("mores") == ["微笑多一点", "话语亲一点", "办事勤一点", "效率高一点"]
    items = {
        item["id"]: item["names"]["zh_Hans"] for _, body in hall.rows("checklist") for group in body["groups"] for item in group["items"]
    }
    for word in ("政策", "手续", "路径", "时限", "填表"):
        assert word in items["MS33"]
    for id in ("MS04", "TL08"):
        assert all(word in items[id] for word in ("依据", "程序", "时限", "全部材料"))
    assert all(word in items["MS12"] for word in ("去向牌", "岗位牌", "返回时间", "代办人"))
    assert {hall.row("code", rid)["rule"]["group"] for rid, _ in hall.rows("code") if rid[:3] in ("F01", "F02", "F03", "F04")} == {
        "slackness"
    }


def test_conduct_catalogues_are_data() -> None:
    """LNG-04, LNG-05: three hearts, four alikes, ten points; the hall's own set beside them, or in their place."""
    hall = small_hall()
    assert {rid: len(body["tags"]) for rid, body in hall.rows("tagset")} == {"hearts": 3, "alike": 4, "mores": 4, "spirit": 10, "looks": 3}
    own = PutTagSet(names("五个一"), [ConductTag("O1", names("一张笑脸"))], 9)
    assert hall.send(ACTORS["chen"], "norm.tags", "own", own).st == "applied"
    assert hall.send(ACTORS["chen"], "norm.tags", "own", PutTagSet(names("五个一"), []), guard={"own": 1}).st == "applied"
    assert hall.row("tagset", "own") is None
    twice = PutTagSet(names("五个一"), [ConductTag("O1", names("笑")), ConductTag("O1", names("笑"))])
    assert hall.send(ACTORS["chen"], "norm.tags", "two", twice) == Outcome("refused", "INVALID")


def test_everybody_says_once_that_he_has_read_the_handbook_and_reads_a_new_edition_anew() -> None:
    """PRH-06: the first time is kept; the office, the head and the person see it."""
    hall = small_hall()
    assert hall.send(ACTORS["wang"], "norm.read", "2", ReadHandbook(at("9:10")), at=at("9:10"), received=at("9:30")) == Outcome(
        "held", "REF_WAIT"
    )
    assert hall.send(ACTORS["wang"], "norm.read", "1", ReadHandbook(at("9:20")), at=at("9:20"), received=at("9:30")).st == "applied"
    hall.send(ACTORS["wang"], "norm.read", "1", ReadHandbook(at("9:40")), at=at("9:40"), received=at("9:40"))
    assert hall.row("handbook.read", "1:wang") == {"edition": "1", "person": "wang", "unit": "u1", "at": at("9:20")}
    assert hall.buckets("handbook.read", "1:wang") == {"u:wang", "head:u1", "role:OFF"}
    edition = PutHandbook(names("纪律手册"), names("第一条"), DAY)
    assert hall.send(ACTORS["zhou"], "norm.handbook", "2", edition, received=at("9:50")).st == "applied"
    assert hall.row("handbook.read", "2:wang") is not None, "what waited for the edition counts now"
    assert hall.send(ACTORS["chen"], "norm.handbook", "2", edition, received=at("9:51")) == Outcome("refused", "VERSION_TAKEN")
    assert hall.send(ACTORS["wu"], "norm.read", "1", ReadHandbook(at("9:20"))) == Outcome("held", "NO_RIGHT")
    assert hall.send(ACTORS["wang"], "norm.handbook", "3", edition) == Outcome("refused", "NO_RIGHT")
