-- Versions of a read model: see projections/rebuild/version.ts.

CREATE TABLE read_model.version (
  model      text NOT NULL,
  version    integer NOT NULL CHECK (version > 0),
  definition integer NOT NULL CHECK (definition > 0),
  state      text NOT NULL CHECK (state IN ('building', 'paused', 'ready', 'cancelled', 'retired')),
  rebuild_id uuid UNIQUE,
  workers    integer NOT NULL DEFAULT 1 CHECK (workers > 0),
  started_at timestamptz NOT NULL DEFAULT now(),
  built_at   timestamptz,
  ended_at   timestamptz,
  PRIMARY KEY (model, version)
);
COMMENT ON TABLE read_model.version IS 'Every version of a model that was ever begun: a number is never used twice';
COMMENT ON COLUMN read_model.version.definition IS 'Version of the definition whose handlers fill it';
COMMENT ON COLUMN read_model.version.state IS
  'building: rebuild workers fill it; paused: nobody does; ready: it is built, and runners keep it up to date; cancelled, retired: its table is dropped';
COMMENT ON COLUMN read_model.version.rebuild_id IS 'The order that it was made by; null for a model''s first version';
COMMENT ON COLUMN read_model.version.workers IS 'How many processes are to fill it';

-- What was made before versions were kept here was made by the definition of its number.
INSERT INTO read_model.version (model, version, definition, state, built_at)
SELECT model, version, version, 'ready', now()
FROM (SELECT model, version FROM read_model.live_version UNION SELECT model, version FROM read_model.checkpoint) AS known;

ALTER TABLE read_model.live_version ADD COLUMN previous integer;
COMMENT ON COLUMN read_model.live_version.previous IS 'The version that served before, to which one can roll back; null after the first, and once it is retired';

ALTER TABLE read_model.checkpoint ADD COLUMN hold_at bigint;
COMMENT ON COLUMN read_model.checkpoint.hold_at IS 'The checkpoint must not move beyond this position; null: no bound. Whoever moves it compares it, as it compares the position';

GRANT SELECT, INSERT, UPDATE ON read_model.version TO projector;
GRANT DELETE ON read_model.checkpoint TO projector;
GRANT SELECT ON read_model.version TO query;
