-- The evidence log (PROTOCOL.md, section 8). An op and an audit entry have a salt; erasing a record takes its body and its salt.
ALTER TABLE op ADD COLUMN salt BLOB;
ALTER TABLE audit ADD COLUMN salt BLOB;
DROP TRIGGER IF EXISTS op_is_forever;
UPDATE op SET salt = randomblob(32) WHERE salt IS NULL;
UPDATE audit SET salt = randomblob(32) WHERE salt IS NULL;
CREATE TRIGGER op_is_forever BEFORE UPDATE ON op
  WHEN OLD.salt IS NULL OR NEW.salt IS NOT NULL OR NEW.n <> OLD.n OR NEW.at <> OLD.at OR NEW.id IS NOT OLD.id
  BEGIN SELECT RAISE(ABORT, 'an op is never changed, only erased'); END;
-- What a device signed at a push: the link of its op `seq`.
CREATE TABLE IF NOT EXISTS signed (device INTEGER NOT NULL, seq INTEGER NOT NULL, sig BLOB NOT NULL, PRIMARY KEY (device, seq)) WITHOUT ROWID;
-- One entry a minute. A leaf is the place of a record in it: `kind` op or audit, its number, its commitment; `body_hash` once it is erased.
CREATE TABLE IF NOT EXISTS log_entry (i INTEGER PRIMARY KEY NOT NULL, at INTEGER NOT NULL, root BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS log_leaf (
  entry INTEGER NOT NULL, slot INTEGER NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL, hash BLOB NOT NULL, body_hash BLOB,
  PRIMARY KEY (entry, slot)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS ux_log_leaf ON log_leaf (kind, n);
CREATE TABLE IF NOT EXISTS log_tile (level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, n));
CREATE TABLE IF NOT EXISTS log_checkpoint (size INTEGER PRIMARY KEY NOT NULL, note TEXT NOT NULL);
-- `line`: a witness's signature line; `at` ms.
CREATE TABLE IF NOT EXISTS log_cosignature (
  size INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (size, name)
) WITHOUT ROWID;
