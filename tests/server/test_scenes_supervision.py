"""CON-08, CON-09, CON-36 and CON-40 as named scenes, whatever arrives first."""

from itertools import permutations

import pytest

from server.domain.campaign.handlers import DOMAIN as CAMPAIGN
from tests.server.scenes.small_hall import ACTORS, DOMAINS, at, small_hall
from tests.server.scenes.supervision import SUPERVISION_SCENES, Spoken, SupervisionScene
from tests.support.memory_tx import MemoryHall

ALL = (*DOMAINS, CAMPAIGN) if CAMPAIGN not in DOMAINS else DOMAINS


def hear(hall: MemoryHall, one: Spoken, received_at: int) -> None:
    outcome = hall.send(ACTORS[one.who], one.kind, one.rid, one.args, at=at(one.clock, one.day), received=received_at, grade=one.grade)
    assert outcome.st == "applied", (one, outcome)


@pytest.mark.parametrize("scene", SUPERVISION_SCENES, ids=lambda scene: scene.id)
def test_every_order_of_arrival_ends_in_the_same(scene: SupervisionScene) -> None:
    """CON-08, CON-09, CON-36, CON-40."""
    for order in permutations(scene.phones):
        hall = small_hall("08:00", domains=ALL)
        for one in scene.meanwhile:
            hear(hall, one, at(one.clock, one.day))
        if scene.seen_at:
            hall.tick(at(scene.seen_at))
        clock, day = scene.arrives
        hall.tick(at(clock, day))
        for phone in order:
            for one in phone:
                hear(hall, one, at(clock, day))
        for (kind, rid), fields in scene.read.items():
            row = hall.row(kind, rid)
            assert {field: row.get(field) for field in fields} == fields, (scene.id, rid)
