-- The core of a site. Institutions' own tables are derived from their Record structs (store/records.py).
-- Every statement can be run again without harm: the record of a migration is written after it.

CREATE TABLE IF NOT EXISTS site (
  id TEXT PRIMARY KEY NOT NULL, epoch TEXT NOT NULL, head INTEGER NOT NULL, names TEXT NOT NULL, locale TEXT NOT NULL,
  demo INTEGER NOT NULL, seal_key BLOB NOT NULL, sign_key BLOB NOT NULL, created_at INTEGER NOT NULL
);

-- People and devices
CREATE TABLE IF NOT EXISTS account (
  uid TEXT PRIMARY KEY NOT NULL, login TEXT, name TEXT NOT NULL, password TEXT, unit TEXT NOT NULL, roles TEXT NOT NULL,
  persona TEXT, active INTEGER NOT NULL, created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS ux_account_login ON account (login);
CREATE TABLE IF NOT EXISTS session (
  token TEXT PRIMARY KEY NOT NULL, uid TEXT NOT NULL, nonce TEXT NOT NULL, until_at INTEGER NOT NULL, created_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS login_attempt (
  subject TEXT PRIMARY KEY NOT NULL, failures INTEGER NOT NULL, last_at INTEGER NOT NULL, until_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS device (
  n INTEGER PRIMARY KEY NOT NULL, dev TEXT NOT NULL, key BLOB NOT NULL, uid TEXT NOT NULL, label TEXT NOT NULL,
  seq INTEGER NOT NULL, link BLOB NOT NULL, claim_at INTEGER, seen INTEGER NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER
);
CREATE UNIQUE INDEX IF NOT EXISTS ux_device_dev ON device (dev);
CREATE TABLE IF NOT EXISTS pairing (
  dev TEXT PRIMARY KEY NOT NULL, key BLOB NOT NULL, code TEXT NOT NULL, until_at INTEGER NOT NULL, paired_at INTEGER
);
CREATE UNIQUE INDEX IF NOT EXISTS ux_pairing_code ON pairing (code);
-- When a device first reported a chain head: bounds the time of the ops it covers (sync.md A8).
CREATE TABLE IF NOT EXISTS contact (
  n INTEGER PRIMARY KEY NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, link BLOB NOT NULL, at INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS ux_contact ON contact (device, seq);

-- The ledger: exact bodies, once, in commit order; `id` is null when the op repeats an id already there (dup).
CREATE TABLE IF NOT EXISTS op (n INTEGER PRIMARY KEY NOT NULL, id TEXT, at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS ux_op_id ON op (id);
CREATE TRIGGER IF NOT EXISTS op_is_forever BEFORE UPDATE ON op BEGIN SELECT RAISE(ABORT, 'an op is never changed'); END;
CREATE TRIGGER IF NOT EXISTS op_stays BEFORE DELETE ON op BEGIN SELECT RAISE(ABORT, 'an op is never deleted'); END;
-- What became of op `n`. `first_n`: the op it repeats. `live`: its device has not yet said that it has this result.
CREATE TABLE IF NOT EXISTS result (
  n INTEGER PRIMARY KEY NOT NULL, device INTEGER NOT NULL, seq INTEGER NOT NULL, link BLOB NOT NULL, cid INTEGER NOT NULL,
  live INTEGER NOT NULL, ver INTEGER NOT NULL, st TEXT NOT NULL, code TEXT, first_st TEXT, grade TEXT NOT NULL, cur INTEGER
);
CREATE UNIQUE INDEX IF NOT EXISTS ux_result ON result (device, seq);
CREATE INDEX IF NOT EXISTS ix_result_cid ON result (device, cid);
CREATE TABLE IF NOT EXISTS dead_op (
  n INTEGER PRIMARY KEY NOT NULL, device INTEGER NOT NULL, rid TEXT NOT NULL, error TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_dead_op ON dead_op (device, rid);
CREATE TABLE IF NOT EXISTS waiting (n INTEGER PRIMARY KEY NOT NULL, device INTEGER NOT NULL, window TEXT NOT NULL);

-- The faces: latest version only; a change moves `bucket_row.cid`, nothing is appended (sync.md A4).
CREATE TABLE IF NOT EXISTS view_row (
  n INTEGER PRIMARY KEY NOT NULL, kind TEXT NOT NULL, rid TEXT NOT NULL, ver INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS ux_view_row ON view_row (rid, kind);
CREATE TABLE IF NOT EXISTS bucket_row (
  n INTEGER NOT NULL, bucket TEXT NOT NULL, cid INTEGER NOT NULL, live INTEGER NOT NULL, PRIMARY KEY (n, bucket)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ix_bucket_row_cid ON bucket_row (bucket, cid);

CREATE TABLE IF NOT EXISTS audit (
  n INTEGER PRIMARY KEY NOT NULL, at INTEGER NOT NULL, uid TEXT NOT NULL, act TEXT NOT NULL, about TEXT NOT NULL, detail TEXT NOT NULL
);
