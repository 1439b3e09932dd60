"""Who sees an order to a section: its head, and those who give orders (§7)."""

from server.domain.base import Face
from server.domain.hall.ops import Hall
from server.domain.hall.recount import day_or_none
from server.domain.hot.ops import HotOrder
from server.domain.hot.rules import steps_of
from server.domain.hot.tables import HotOrderRecord

GIVERS = frozenset({"role:EFF", "role:OFF", "role:LEAD", "role:TOP"})


def order_face(order: HotOrderRecord, hall: Hall) -> Face:
    """An order with its answers."""
    body = HotOrder(
        unit=order.unit,
        topic=order.topic,
        demand=order.demand,
        from_day=order.from_day,
        to_day=order.to_day,
        counted=order.counted,
        by=order.by,
        at=order.at,
        due_at=order.due_at,
        due_day=order.due_day,
        state=order.state,
        steps=steps_of(order),
        provisional=order.provisional,
        overdue=order.overdue,
        was_due_day=day_or_none(order.was_due_at, hall.tz),
    )
    return Face("hot.order", order.rid, GIVERS | {f"head:{order.unit}"}, body)
