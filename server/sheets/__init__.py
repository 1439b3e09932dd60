"""Spreadsheets in and out: organisation and roster as XLSX and CSV (ORG-10)."""
