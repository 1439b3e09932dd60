"""A campaign as it is shown: its numbers and its summary follow from what is known of it (CAMP-04, CAMP-07)."""

from typing import Any

from server.domain.base import Actor, Op, Tx
from server.domain.campaign.rules import acceptance_days, done_of, found_since, progress_of, public_progress, summary_of
from server.domain.campaign.tables import CampaignRecord, DutyRecord, LobbyRecord, OutputRecord, ProblemRecord, SelfCheckRecord
from server.domain.campaign.views import campaign_face, summary_face
from server.domain.hall.here import hall_of, today_of
from server.domain.hall.rules import day_of, rule
from server.domain.visit.rules import PlanChecked
from sync.clock import earliest
from sync.units import DAY_MS

LEADS = ("EFF", "CHECK", "OFF", "LEAD", "TOP")


def heads(actor: Actor, unit: str) -> bool:
    """Whether this is the head of a unit."""
    return "HEAD" in actor.roles and actor.unit == unit


def named(campaign: CampaignRecord | None, op: Op[Any], unit: str) -> bool:
    """Whether this person is the one named to answer for a unit in a campaign, or may have been when it was said (CAMP-01)."""
    if campaign is None:
        return False
    said_at = earliest(op.window, op.window.at)
    before = (one for one in campaign.heads_before if one.unit == unit and one.uid == op.actor.uid)
    return campaign.heads.get(unit) == op.actor.uid or any(said_at < one.until_at for one in before)


def checks_of(tx: Tx, campaign: str) -> list[SelfCheckRecord]:
    """The self-checks of a campaign."""
    return tx.find(SelfCheckRecord, "campaign = ?", [campaign])


def show_campaign(tx: Tx, rid: str) -> None:
    """Show a campaign, its numbers and its summary as they are now."""
    campaign = tx.get(CampaignRecord, rid)
    if campaign is None:
        return
    problems, checks = problems_of(tx, campaign=rid), checks_of(tx, rid)
    done = done_of(tx.find(DutyRecord, "campaign = ?", [rid]))
    since = {number: len(rids) for number, rids in found_since(campaign, problems).items()}
    tx.project(campaign_face(campaign, progress_of(campaign.units, problems, checks), done, since))
    outputs = tx.find(OutputRecord, "campaign = ?", [rid])
    inspected: list[PlanChecked] = tx.ask("checks_of", campaign=rid) if tx.knows("checks_of") else []
    days = acceptance_days(campaign)
    asked = days and tx.knows("covered_of")
    whole: PlanChecked | None = tx.ask("covered_of", campaign=rid, units=campaign.units, days=days) if asked else None
    tx.project(summary_face(rid, summary_of(campaign, problems, checks, outputs, inspected, whole)))


def problems_of(tx: Tx, *, campaign: str) -> list[ProblemRecord]:
    """Every problem of a campaign."""
    return tx.find(ProblemRecord, "campaign = ?", [campaign])


def campaign_checked(tx: Tx, *, campaign: str) -> None:
    """An inspection plan of this campaign was revealed: the summary tells how far it came (CAMP-07)."""
    show_campaign(tx, campaign)


def campaign_of(tx: Tx, *, campaign: str) -> CampaignRecord | None:
    """A campaign."""
    return tx.get(CampaignRecord, campaign)


def tell_lobby(tx: Tx) -> None:
    """Once a day the lobby board says how far rectification has come, in totals (RCT-05).

    Over the problems of `rct.public_days`, from `idx.min_n` of them on, and none of a result its unit may still answer (PRV-17).
    """
    hall = hall_of(tx)
    today, known = today_of(tx), tx.get(LobbyRecord, "rct")
    if not tx.knows("board_progress") or (known and known.day == today):
        return
    since_at = tx.now - rule(hall, "rct.public_days", tx.now) * DAY_MS
    found = [one for one in tx.find(ProblemRecord, "found_at >= ?", [since_at]) if not one.lifted and not _untold(tx, one.fact)]
    enough = bool(found) and len(found) >= rule(hall, "idx.min_n", tx.now)
    if enough:
        tx.put(LobbyRecord(rid="rct", day=today))
        tx.ask("board_progress", day=today, progress=public_progress(found, day_of(since_at, hall.tz)))
    elif known and known.day:
        tx.put(LobbyRecord(rid="rct", day=""))
        tx.ask("board_progress", day=today, progress=None)


def _untold(tx: Tx, fact: str) -> bool:
    """Whether a problem comes from a result that is not to be told to others yet."""
    return bool(fact) and tx.knows("result_open") and bool(tx.ask("result_open", result=fact))
