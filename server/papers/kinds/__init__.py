"""The documents this installation prints: a new one is a module here and a name in `KINDS`."""

from server.papers.faces import Kind
from server.papers.kinds import (
    attendance,
    away_card,
    bulletins,
    campaigns,
    handover,
    incidents,
    inspections,
    leaves,
    outage,
    rectification,
    rounds,
    whereabouts,
)

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
        rectification.ORDER,
        rectification.REPLY,
        incidents.KIND,
        campaigns.KIND,
        outage.KIND,
        bulletins.INSIDE,
        bulletins.PUBLIC,
        rounds.KIND,
        inspections.FACILITY,
        inspections.VISIT,
    )
}
