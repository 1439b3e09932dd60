-- The device a session belongs to, and ends with, whatever cookies are shown; NULL: none is known.
ALTER TABLE session ADD COLUMN dev TEXT;
