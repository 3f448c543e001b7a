-- A generation of topics can be succeeded by another one, filled anew from the event store (`npm run reseed`). Which one is live
-- is a fact here and nowhere else: units are told the first of a line, and follow it to its end.
ALTER TABLE relay.generation
  ADD COLUMN succeeded_by text REFERENCES relay.generation ON DELETE SET NULL CHECK (succeeded_by <> generation),
  ADD COLUMN succeeded_at timestamptz,
  ADD COLUMN retired_at timestamptz; -- when its topics were deleted

CREATE FUNCTION relay.live_generation(first text) RETURNS text LANGUAGE sql STABLE
RETURN (
  WITH RECURSIVE line (generation, n) AS (
    SELECT first, 0
    UNION ALL
    SELECT succeeded_by, n + 1 FROM line JOIN relay.generation USING (generation) WHERE succeeded_by IS NOT NULL
  )
  SELECT generation FROM line ORDER BY n DESC LIMIT 1
);
COMMENT ON FUNCTION relay.live_generation IS 'The last of the line of generations that begins with this one';

-- The ids of schemas stand in every record. If the registry forgets them, or gives them to other schemas, nothing may be read.
CREATE TABLE relay.schema (
  generation text NOT NULL REFERENCES relay.generation ON DELETE CASCADE,
  id int NOT NULL,
  type text NOT NULL,
  version int NOT NULL,
  PRIMARY KEY (generation, id)
);
GRANT SELECT, INSERT ON relay.schema TO relay;
GRANT SELECT ON relay.schema TO projector;
