-- The sum of every bucket (sync.md A5). Those of rows already there are reckoned right after this file (store/sums.py).
CREATE TABLE IF NOT EXISTS bucket_sum (bucket TEXT PRIMARY KEY NOT NULL, n INTEGER NOT NULL, sum TEXT NOT NULL);
-- Which commit was the last at a time: at most one entry a day. `purged`: what left a bucket up to this commit is forgotten.
CREATE TABLE IF NOT EXISTS commit_mark (cid INTEGER PRIMARY KEY NOT NULL, at INTEGER NOT NULL, purged INTEGER NOT NULL);
