"""CON-35 as scenes: what each of two visitors marked offline, what their lead decides, and what must come of it, whatever arrives first."""

from typing import Any, NamedTuple

from server.domain.visit.ops import ItemAnswer, Mark, RecordVisit
from server.domain.visit.result_ops import SettleItem
from tests.server.scenes.play import Both, Play, Read, Said
from tests.server.scenes.small_hall import at


class Filled(NamedTuple):
    """One visitor's sheet: item -> mark. `notes`: item -> note."""

    who: str
    rid: str
    marks: dict[str, Mark]
    notes: dict[str, str] = {}  # noqa: RUF012

    def answers(self) -> list[ItemAnswer]:
        """As the phone says it."""
        return [ItemAnswer(item, mark, self.notes.get(item, "")) for item, mark in self.marks.items()]


class TeamScene(NamedTuple):
    """The sheets, what the lead decides, and the outcome. `marks`: the items as they stand; `possible`: points in the sum."""

    id: str
    sheets: tuple[Filled, ...]
    marks: dict[str, Mark]
    undecided: int
    possible: int
    tenths: int
    settled: dict[str, Mark] = {}  # noqa: RUF012
    notes: dict[str, str] = {}  # noqa: RUF012


TEAM_SCENES = (
    TeamScene(
        "CON-35 each filled one half: the union",
        (Filled("wu", "v1", {"MS01": "full", "MS02": "half"}), Filled("zheng", "v2", {"MS03": "fail", "MS04": "full"})),
        {"MS01": "full", "MS02": "half", "MS03": "fail", "MS04": "full"},
        0,
        8,
        688,
    ),
    TeamScene(
        "CON-35 the same mark twice is one",
        (Filled("wu", "v1", {"MS01": "full", "MS03": "fail"}), Filled("zheng", "v2", {"MS01": "full", "MS03": "fail"})),
        {"MS01": "full", "MS03": "fail"},
        0,
        4,
        500,
    ),
    TeamScene(
        "CON-35 they differ: both are kept, and the item is in no sum",
        (Filled("wu", "v1", {"MS01": "full", "MS11": "fail"}), Filled("zheng", "v2", {"MS01": "full", "MS11": "full"})),
        {"MS01": "full"},
        1,
        2,
        1000,
    ),
    TeamScene(
        "CON-35 the lead decides, and a veto caps",
        (Filled("wu", "v1", {"MS01": "full", "MS11": "fail"}), Filled("zheng", "v2", {"MS01": "full", "MS11": "full"})),
        {"MS01": "full", "MS11": "fail"},
        0,
        6,
        333,
        settled={"MS11": "fail"},
    ),
    TeamScene(
        "CON-35 not applicable against failed is a difference too",
        (Filled("wu", "v1", {"MS01": "full", "MS02": "na"}), Filled("zheng", "v2", {"MS02": "fail"})),
        {"MS01": "full"},
        1,
        2,
        1000,
    ),
    TeamScene(
        "CON-35 what each wrote stands beside the other's",
        (
            Filled("wu", "v1", {"MS01": "fail"}, {"MS01": "rang eight times"}),
            Filled("zheng", "v2", {"MS01": "fail", "MS02": "full"}, {"MS01": "nobody answered"}),
        ),
        {"MS01": "fail", "MS02": "full"},
        0,
        3,
        333,
        notes={"MS01": "rang eight times\nnobody answered"},
    ),
    TeamScene(
        "CON-35 three sheets, two of one mind: still the lead's to decide",
        (
            Filled("wu", "v1", {"MS01": "full", "MS02": "full"}),
            Filled("zheng", "v2", {"MS01": "half"}),
            Filled("wu", "v3", {"MS01": "full"}),
        ),
        {"MS02": "full"},
        1,
        1,
        1000,
    ),
)


def _play(scene: TeamScene) -> Play:
    """Every sheet on a phone of its own; the lead reads them as one."""
    who = [sheet.who for sheet in scene.sheets]
    facts = tuple(
        Said(
            sheet.who,
            "9:30",
            "visit.record",
            sheet.rid,
            RecordVisit("m1", "ms-1", at("9:00"), at("9:20"), sheet.answers()),
            phone="-second" if sheet.who in who[:n] else "",
        )
        for n, sheet in enumerate(scene.sheets)
    )
    fields: dict[str, Any] = {f"answers/{item}/mark": mark for item, mark in scene.marks.items()}
    fields |= {f"answers/{item}/note": note for item, note in scene.notes.items()}
    fields |= {"score/possible": scene.possible, "score/tenths": scene.tenths}
    sums = {"undecided": scene.undecided, "answered": len(scene.marks) + scene.undecided}
    shown = (Both(f"{scene.undecided} 项待认定", f"{scene.undecided} 項待認定"),) if scene.undecided else ()
    visits = sorted(sheet.rid for sheet in scene.sheets)
    return Play(
        scene.id,
        facts,
        (
            Read("sun", "visit.team", "m1", {**fields, **sums, "visits": visits}, shows=shown),
            Read("wu", "visit.team", "m1", None),
        ),
        after=tuple(Said("sun", "15:10", "visit.settle", "m1", SettleItem(item, mark, "录音为证")) for item, mark in scene.settled.items()),
    )


PLAYS = tuple(map(_play, TEAM_SCENES))
