"""巡查: rounds, observations, and the findings reconciliation makes of them (PTL, CON)."""
