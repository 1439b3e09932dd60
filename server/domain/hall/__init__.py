"""大厅 the hall: posts, people, roster, calendar and rules (ORG, CAL)."""
