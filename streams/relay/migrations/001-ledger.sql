-- What the relay knows of its own past. Only the relay writes here; the projector and the queries read positions.
CREATE SCHEMA relay;

-- A generation of topics. Partition count, partitioner and codec never change inside one.
CREATE TABLE relay.generation (
  generation text PRIMARY KEY,
  partitions int NOT NULL CHECK (partitions > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Each start of a relay takes the next epoch, which shuts out the relay before it.
CREATE TABLE relay.epoch (
  generation text PRIMARY KEY REFERENCES relay.generation,
  epoch bigint NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now()
);

-- One row per batch that Kafka has acknowledged: everything up to `position` is published.
CREATE TABLE relay.ledger (
  generation text NOT NULL REFERENCES relay.generation,
  seq bigint NOT NULL,
  position bigint NOT NULL,     -- of the batch's last event, and
  event_id uuid NOT NULL,       -- that event's id
  instant timestamptz NOT NULL, -- the latest recordedAt of all events up to here
  epoch bigint NOT NULL,
  tails jsonb NOT NULL,         -- {"events": [{"offset", "position"} or null, one per partition], "observations": [...]}
  PRIMARY KEY (generation, seq)
);

CREATE UNIQUE INDEX ledger_by_position ON relay.ledger (generation, position);
-- "As known at an instant": which positions were published by then.
CREATE INDEX ledger_by_instant ON relay.ledger (generation, instant, position);

GRANT USAGE ON SCHEMA relay TO relay, projector, query;
GRANT SELECT, INSERT ON relay.generation, relay.ledger TO relay;
GRANT SELECT, INSERT, UPDATE ON relay.epoch TO relay;
GRANT SELECT ON relay.generation, relay.ledger TO projector, query;
