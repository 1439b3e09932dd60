-- What everybody may know of a device: of what it said so far, what the check team holds is not told apart (I18).
CREATE TABLE IF NOT EXISTS device_open (
  device INTEGER PRIMARY KEY NOT NULL, unsent INTEGER NOT NULL, blobs INTEGER NOT NULL, oldest_at INTEGER, app TEXT NOT NULL,
  free INTEGER NOT NULL, kept INTEGER NOT NULL, contact_at INTEGER NOT NULL
);
INSERT INTO device_open SELECT * FROM device_vital v WHERE NOT EXISTS (SELECT 1 FROM device_open o WHERE o.device = v.device)
  AND NOT EXISTS (SELECT 1 FROM device d JOIN account a ON a.uid = d.uid WHERE d.n = v.device
  AND (a.roles LIKE '%"TEAM"%' OR a.roles LIKE '%"CHECK"%' OR a.roles LIKE '%"SUP"%'));
INSERT INTO device_open SELECT device, 0, 0, NULL, app, -1, kept, contact_at FROM device_vital v
  WHERE NOT EXISTS (SELECT 1 FROM device_open o WHERE o.device = v.device);
