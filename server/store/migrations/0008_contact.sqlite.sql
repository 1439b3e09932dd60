-- When a head was reported last, too: what comes after it in the chain was written after that (PROTOCOL.md, section 5).
ALTER TABLE contact ADD COLUMN last_at INTEGER;
