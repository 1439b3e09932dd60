-- Ended and replaced devices, what is known durable, rescue, the queue of held ops (sync.md A6, A9).
ALTER TABLE site ADD COLUMN rescue_key BLOB;
-- The last commit in a verified backup, when that was made, and when this database was restored from one.
ALTER TABLE site ADD COLUMN durable INTEGER NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN durable_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN restored_at INTEGER NOT NULL DEFAULT 0;
-- `replaces`: the device (number) whose broken chain this one goes on from; `dur`: its highest number in a verified backup.
ALTER TABLE device ADD COLUMN stolen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN closed_at INTEGER;
ALTER TABLE device ADD COLUMN replaces INTEGER;
ALTER TABLE device ADD COLUMN dur INTEGER NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS ix_device_uid ON device (uid);
-- `first_n`: the op that a dup repeats; it is told when that one's outcome changes.
ALTER TABLE result ADD COLUMN first_n INTEGER;
CREATE INDEX IF NOT EXISTS ix_result_first ON result (first_n) WHERE first_n IS NOT NULL;

-- What a device last said of itself.
CREATE TABLE IF NOT EXISTS device_vital (
  device INTEGER PRIMARY KEY NOT NULL, unsent INTEGER NOT NULL, blobs INTEGER NOT NULL, oldest_at INTEGER, app TEXT NOT NULL,
  free INTEGER NOT NULL, kept INTEGER NOT NULL, contact_at INTEGER NOT NULL
);
-- Where a re-signed op stood first, proven by hash: number and link in the closed chain of `device`; `branch`: who signed it again.
CREATE TABLE IF NOT EXISTS orig_link (
  n INTEGER PRIMARY KEY NOT NULL, branch INTEGER NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, link BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_orig_link ON orig_link (device, seq);
-- What an account was until a moment: rights are judged as of the time of saying (A6).
CREATE TABLE IF NOT EXISTS account_was (
  n INTEGER PRIMARY KEY NOT NULL, uid TEXT NOT NULL, until_at INTEGER NOT NULL, unit TEXT NOT NULL, roles TEXT NOT NULL,
  active INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_account_was ON account_was (uid, until_at);
-- Held ops that wait for a person. `window`: their judged time (JSON); `audience`: buckets that see and decide them (JSON).
CREATE TABLE IF NOT EXISTS held_op (
  n INTEGER PRIMARY KEY NOT NULL, rid TEXT NOT NULL, device INTEGER NOT NULL, uid TEXT NOT NULL, code TEXT NOT NULL, window TEXT NOT NULL,
  owner TEXT NOT NULL, audience TEXT NOT NULL, since_at INTEGER NOT NULL, due_at INTEGER NOT NULL, decided_at INTEGER
);
CREATE UNIQUE INDEX IF NOT EXISTS ux_held_op ON held_op (rid);
CREATE INDEX IF NOT EXISTS ix_held_op_device ON held_op (device, decided_at);
