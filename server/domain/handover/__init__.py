"""工作移交单: what A hands to B, and what comes back (AB-01..06, AB-10)."""
