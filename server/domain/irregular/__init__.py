"""不定时巡查: irregular rounds drawn at random, their plan known to the efficiency group alone (PTL-01, PTL-05)."""
