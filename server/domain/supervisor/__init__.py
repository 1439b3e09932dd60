"""社会监督员: observers from outside with limited accounts and a term (SUP-01..04)."""
