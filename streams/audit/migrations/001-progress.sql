-- How far the auditor is. It only reads what it audits.
CREATE SCHEMA audit;

CREATE TABLE audit.progress (
  generation text PRIMARY KEY,
  position bigint NOT NULL,       -- up to here event store, Kafka and ledger agree; -1 before anything was audited
  cursor jsonb NOT NULL,          -- where it goes on; see cursor.ts
  finding jsonb,                  -- the first difference after that position; null while there is none
  audited_at timestamptz NOT NULL -- when this was found
);

GRANT USAGE ON SCHEMA relay TO auditor;
GRANT SELECT ON relay.generation, relay.ledger TO auditor;
GRANT USAGE ON SCHEMA audit TO auditor, query;
GRANT SELECT, INSERT, UPDATE ON audit.progress TO auditor;
GRANT SELECT ON audit.progress TO query;
