CREATE TABLE {table} (
  tenant_id            uuid NOT NULL,
  id                   uuid NOT NULL,
  client_id            uuid NOT NULL,
  name                 text NOT NULL,
  objective            text,
  state                text NOT NULL,
  budget_micros        bigint,
  currency             text,
  starts_on            date,
  ends_on              date,
  ad_account_id        uuid,
  platform_campaign_id text,
  revision             bigint NOT NULL,
  position             bigint NOT NULL,
  created_at           timestamptz NOT NULL,
  changed_at           timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
-- Pages in the order of the name, and of the last change. Searching in names goes through a tenant's part of the first: an
-- index of trigrams would never be used, for row-level security holds back operators that are not leak-proof, as ILIKE.
CREATE INDEX ON {table} (tenant_id, name, id);
CREATE INDEX ON {table} (tenant_id, changed_at, id);
-- From a platform's figures to our campaign.
CREATE INDEX ON {table} (tenant_id, ad_account_id, platform_campaign_id) WHERE ad_account_id IS NOT NULL;
