"""The checklist and its score (CHK-07, catalogue §6.1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.norms.rules import answers_wrong, failed_items, items_of, score
from server.domain.norms.rules import shipped_checklists as checklists
from server.domain.visit.ops import ItemAnswer, Mark
from server.domain.visit.rules import notes_for_unit

MS = checklists()["ms-1"]
ITEMS = items_of(MS)
LOCALES = {"zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"}


def sheet(mark: Mark = "full", **marks: Mark) -> list[ItemAnswer]:
    """Every item answered `mark`, some otherwise."""
    return [ItemAnswer(item, marks.get(item, mark)) for item in ITEMS]


def test_46_items_100_points_nine_groups() -> None:
    assert len(ITEMS) == 46
    assert [sum(i.points for i in g.items) for g in MS.groups] == [10, 9, 16, 12, 10, 15, 12, 9, 7]
    assert list(ITEMS) == [f"MS{n:02d}" for n in range(1, 47)]
    assert [i.id for i in ITEMS.values() if i.veto] == ["MS11", "MS19", "MS31", "MS38"]


def test_every_text_is_there_in_every_locale_and_none_is_a_conversion() -> None:
    for names in (MS.names, *(g.names for g in MS.groups), *(i.names for i in ITEMS.values())):
        assert set(names) == LOCALES
        assert all(text.strip() for text in names.values())
    for locale in ("zh_Hant_TW", "zh_Hant_HK"):
        text = "".join(i.names[locale] for i in ITEMS.values())
        assert not [word for word in ("視窗", "物件", "程式", "檔案", "乙個", "信息", "質量") if word in text]


@pytest.mark.parametrize(
    ("answers", "tenths", "grade", "capped"),
    [
        (sheet(), 1000, "good", False),
        (sheet("half"), 500, "failed", False),
        (sheet("fail"), 0, "failed", True),
        (sheet(MS01="fail", MS04="fail", MS05="fail", MS03="fail", MS02="half"), 905, "good", False),
        (sheet(MS01="fail", MS04="fail", MS05="fail", MS03="fail", MS02="fail"), 900, "good", False),
        (sheet(MS29="fail", MS36="fail", MS35="fail"), 890, "acceptable", False),
        (sheet(MS01="na", MS02="na", MS03="na", MS04="na", MS05="na"), 1000, "good", False),
        (sheet(MS01="na", MS02="na", MS03="na", MS04="na", MS05="na", MS29="fail"), 956, "good", False),
        (sheet(MS11="fail"), 590, "failed", True),
        (sheet(MS11="half"), 980, "good", False),
        (sheet("half", MS38="fail"), 485, "failed", True),
    ],
)
def test_scores(answers: list[ItemAnswer], tenths: int, grade: str, capped: bool) -> None:
    result = score(MS, answers)
    assert (result.tenths, result.grade, result.capped) == (tenths, grade, capped)


def test_items_without_an_answer_leave_both_sums() -> None:
    assert score(MS, [ItemAnswer("MS01", "full"), ItemAnswer("MS02", "fail")]).tenths == 667
    assert score(MS, []).tenths == 0


@pytest.mark.parametrize(
    "answers",
    [[], [ItemAnswer("MS01", "na")], [ItemAnswer("MS99", "full")], [ItemAnswer("MS01", "full"), ItemAnswer("MS01", "fail")]],
    ids=["nothing", "nothing that counts", "an unknown item", "one item twice"],
)
def test_what_is_no_answer_sheet(answers: list[ItemAnswer]) -> None:
    assert answers_wrong(MS, answers)


def test_the_unit_is_told_failed_items_and_only_the_notes_at_lost_points() -> None:
    answers = [
        ItemAnswer("MS02", "half", "没报工号"),
        ItemAnswer("MS01", "fail"),
        ItemAnswer("MS03", "full", "很热情"),
        ItemAnswer("MS04", "na", "未问"),
    ]
    assert [i.id for i in failed_items(MS, answers)] == ["MS01"]
    assert [a.item for a in notes_for_unit(answers)] == ["MS02"]


@given(st.lists(st.sampled_from(["full", "half", "fail", "na"]), min_size=46, max_size=46), st.integers(0, 45))
def test_a_better_answer_never_lowers_the_score(marks: list[Any], which: int) -> None:
    better = {"fail": "half", "half": "full", "full": "full", "na": "na"}
    raised = [better[m] if n == which else m for n, m in enumerate(marks)]
    before, after = (score(MS, [ItemAnswer(i, m) for i, m in zip(ITEMS, ms, strict=True)]) for ms in (marks, raised))
    assert 0 <= before.tenths <= after.tenths <= 1000
    assert not before.capped or before.tenths <= 590
