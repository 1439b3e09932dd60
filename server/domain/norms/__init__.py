"""本厅规范: what the hall measures itself by, as dated data: checklists, codes, phrases, conduct tags, the handbook (§6, PRH, LNG)."""
