"""The documents this installation prints: a new one is a module here and a name in `KINDS`."""

from server.papers.faces import Kind
from server.papers.kinds import attendance, away_card, handover, leaves, whereabouts

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        away_card.KIND,
        whereabouts.KIND,
        handover.KIND,
        leaves.SLIP,
        leaves.RETURN,
        attendance.MONTH,
        attendance.CORRECTION,
    )
}
