-- What the relay published, so that an auditor can tell whether Kafka and the event store still hold it; see digest.ts. Rows that
-- were written before have none.
ALTER TABLE relay.ledger
  ADD COLUMN digests jsonb,  -- {"events": {"<partition>": "<SHA-256, hexadecimal>"}, "observations": {...}}
  ADD COLUMN chain bytea CHECK (octet_length(chain) = 32);
