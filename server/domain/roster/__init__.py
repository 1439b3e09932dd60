"""组织与排班 organisation and roster: who should be where, and who may replace whom (ORG)."""
