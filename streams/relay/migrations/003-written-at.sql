-- When a batch was noted, for `npm run trace`. Of rows that were written before, nobody knows.
ALTER TABLE relay.ledger ADD COLUMN written_at timestamptz;
ALTER TABLE relay.ledger ALTER COLUMN written_at SET DEFAULT now();
