-- How far each model is behind what the relay has published, by partition.
--   $1 generation   $2 models   $3 their versions   $4 the topic that each reads, by its kind   $5 and by its name
-- A model that reads two topics is named twice. A partition in which nothing was published has no lag.
WITH RECURSIVE head AS (
  SELECT seq, tails FROM relay.ledger WHERE generation = $1 ORDER BY seq DESC LIMIT 1
), place AS (
  SELECT reads.*, (n - 1)::int AS partition,
    coalesce((tail ->> 'offset')::bigint, -1) AS tail_offset, coalesce((tail ->> 'position')::bigint, -1) AS tail_position,
    coalesce(c.record_offset, -1) AS record_offset, coalesce(c.position, -1) AS position
  FROM head
  CROSS JOIN unnest($2::text[], $3::int[], $4::text[], $5::text[]) AS reads (model, version, kind, topic)
  CROSS JOIN LATERAL jsonb_array_elements(tails -> kind) WITH ORDINALITY AS tails (tail, n)
  LEFT JOIN read_model.checkpoint c
    ON (c.model, c.version, c.topic, c.partition) = (reads.model, reads.version, reads.topic, n - 1)
), search AS (
  -- The first row of the ledger that has the partition further than the checkpoint, found by halving: rows are numbered
  -- without a gap, and tails only move forward. `low` never has it further, `high` always has.
  SELECT place.*, seq AS high, coalesce(
    (SELECT seq FROM relay.ledger WHERE generation = $1 AND ledger.position <= place.position
     ORDER BY ledger.position DESC LIMIT 1), 0) AS low
  FROM place, head WHERE tail_position > position
  UNION ALL
  SELECT model, version, kind, topic, partition, tail_offset, tail_position, record_offset, search.position,
    CASE WHEN further THEN middle.seq ELSE high END, CASE WHEN further THEN low ELSE middle.seq END
  FROM search
  JOIN relay.ledger middle ON middle.generation = $1 AND middle.seq = (low + high) / 2
  CROSS JOIN LATERAL (
    SELECT coalesce((middle.tails -> kind -> partition ->> 'position')::bigint, -1) > search.position
  ) AS comparison (further)
  WHERE high - low > 1
)
SELECT model, version, topic, partition, greatest(0, tail_offset - record_offset) AS events,
  coalesce(greatest(0, extract(epoch FROM now() - oldest.instant)), 0)::float8 AS seconds
FROM place
LEFT JOIN (
  SELECT model, version, topic, partition, min(high) AS seq FROM search GROUP BY model, version, topic, partition
) AS missing USING (model, version, topic, partition)
LEFT JOIN relay.ledger oldest ON oldest.generation = $1 AND oldest.seq = missing.seq
