-- What a device last said of itself: what everybody may know ('open'), and the whole, in one table.
CREATE TABLE IF NOT EXISTS vital (
  device INTEGER NOT NULL, kind TEXT NOT NULL, unsent INTEGER NOT NULL, blobs INTEGER NOT NULL, oldest_at INTEGER, app TEXT NOT NULL,
  free INTEGER NOT NULL, kept INTEGER NOT NULL, contact_at INTEGER NOT NULL, PRIMARY KEY (device, kind)
);
INSERT INTO vital SELECT device, 'open', unsent, blobs, oldest_at, app, free, kept, contact_at FROM device_open;
INSERT INTO vital SELECT device, 'whole', unsent, blobs, oldest_at, app, free, kept, contact_at FROM device_vital;
DROP TABLE IF EXISTS device_open;
DROP TABLE IF EXISTS device_vital;
