-- Versions that stand at a past moment, for ever: see projections/rebuild/past/begin.ts.

ALTER TABLE read_model.version
  ADD COLUMN label text,
  ADD COLUMN stands_at bigint,
  ADD CONSTRAINT version_of_the_past CHECK ((label IS NULL) = (stands_at IS NULL)),
  DROP CONSTRAINT version_state_check,
  ADD CONSTRAINT version_state_check CHECK (state IN ('building', 'paused', 'ready', 'past', 'cancelled', 'retired'));
COMMENT ON COLUMN read_model.version.label IS 'By which one asks for a version of the past; null for one that is kept up to date';
COMMENT ON COLUMN read_model.version.stands_at IS 'All that stands at this position or before is in it, and nothing else';
COMMENT ON COLUMN read_model.version.state IS
  'building: rebuild workers fill it; paused: nobody does; ready: it is built, and runners keep it up to date; past: it is built, and stays as it is; cancelled, retired: its table is dropped';
CREATE UNIQUE INDEX ON read_model.version (label, model) WHERE state NOT IN ('cancelled', 'retired');
