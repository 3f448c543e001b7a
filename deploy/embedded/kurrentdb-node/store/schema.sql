-- One row an event; nothing is ever updated or deleted, so a stream's state is always derived and can never disagree.
CREATE TABLE stream (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE event (
  position INTEGER PRIMARY KEY, -- ascending, not contiguous, like a position in a log
  stream   INTEGER NOT NULL REFERENCES stream (id),
  revision INTEGER NOT NULL,    -- from 0; -1 is the stream's tombstone
  record   BLOB NOT NULL        -- see record.ts
) STRICT;

-- Integers on purpose: a text index costs six times as much on grouped appends.
CREATE UNIQUE INDEX event_by_revision ON event (stream, revision);
