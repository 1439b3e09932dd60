"""The offline conflicts of the catalogue, as scenes."""

from tests.server.scenes import attendance, handover, leave, supervision, team, window

PLAYS = (*window.PLAYS, *handover.PLAYS, *leave.PLAYS, *attendance.PLAYS, *supervision.PLAYS, *team.PLAYS)
