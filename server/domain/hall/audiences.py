"""Buckets whose readers see a face (§7): each audience is named once, by the roles in it, and means the same in every institution."""

NOBODY: frozenset[str] = frozenset()
HALL = frozenset({"hall"})
"""Every member of the hall; neither who comes from outside nor the lobby."""
OFFICE = frozenset({"role:OFF"})
OFFICE_AND_ADMINISTRATORS = frozenset({"role:OFF", "role:ADM"})
PATROL = frozenset({"role:INS", "role:EFF"})
PATROL_AND_OFFICE = frozenset({"role:INS", "role:EFF", "role:OFF"})
CHECK_LEADS = frozenset({"role:CHECK"})
