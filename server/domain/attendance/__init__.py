"""考勤: who signed in and out, what was late, early or missing, and the monthly sheet (ATT, EVD-10)."""
