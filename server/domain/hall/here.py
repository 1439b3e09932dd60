"""The hall a transaction runs in, and what day it is there."""

from server.domain.base import Tx
from server.domain.hall.ops import Hall
from server.domain.hall.rules import day_of


def hall_of(tx: Tx) -> Hall:
    """Names, hours and rules of this hall, as they are now."""
    hall: Hall = tx.ask("hall")
    return hall


def today_of(tx: Tx) -> str:
    """The ISO day of this transaction in the hall."""
    return day_of(tx.now, hall_of(tx).tz)
