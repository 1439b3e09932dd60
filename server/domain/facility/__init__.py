"""场所设施: inspections by checklist, and what is broken until somebody else than the repairer has seen it work (FAC)."""
