"""通报: patrol and inspection bulletins, drafted from confirmed facts only (PTL-10, CHK-10, DOC-13, DOC-15)."""
