-- Bitemporal: `date` is the day a figure is about, (position, ordinal) and `known_at` say since when we know it. What was
-- known at a position is, per identity, the row with the greatest (position, ordinal) at or before it. Nothing is ever
-- changed, and a row that is inserted twice is the same row: the sorting key holds all of its identity.
-- `date` comes before the account so that a report of some days reads those days only; months are no partitions, since
-- one import of some years would make a part of each.
CREATE TABLE {table} (
  tenant_id            UUID,
  date                 Date,
  ad_account_id        UUID,
  platform_campaign_id String,
  row_key              String,
  position             UInt64,
  ordinal              UInt32,
  client_id            UUID,
  platform             LowCardinality(String),
  currency             LowCardinality(String),
  ad_set_id            Nullable(String),
  ad_id                Nullable(String),
  breakdown            Map(LowCardinality(String), String),
  attribution_window   LowCardinality(String),
  impressions          Int64,
  clicks               Int64,
  spend_micros         Int64,
  conversions          Map(LowCardinality(String), Int64),
  conversion_values    Map(LowCardinality(String), Int64),
  known_at             DateTime64(6, 'UTC'),
  event_id             UUID
)
ENGINE = ReplacingMergeTree
ORDER BY (tenant_id, date, ad_account_id, platform_campaign_id, row_key, position, ordinal)
-- Acknowledged means on the disk: the checkpoint that moves next survives a power cut, so the rows must, too.
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
