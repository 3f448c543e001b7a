-- How far history was searched for people who are to be erased. It stands with the keys, so that keys restored from an older copy
-- bring back the place from which on erasures must be carried out again.
CREATE TABLE keys.erasures_seen (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  position bigint NOT NULL
);
COMMENT ON COLUMN keys.erasures_seen.position IS 'Commit position in the event store up to which all erasures are carried out';
INSERT INTO keys.erasures_seen (position) VALUES (0);
GRANT SELECT, UPDATE (position) ON keys.erasures_seen TO keeper;
