-- For people of an agency who ask ClickHouse themselves, with a tool of their own: they see the rows of their tenant, and of its
-- clients those that they are given. What services do goes through views (projections/runner/scope-view.sql); these policies bind
-- whoever has the role, on every table that there is or will be. Somebody is let in by
--
--   CREATE USER ann IDENTIFIED BY '...' DEFAULT ROLE tenant_reader SETTINGS
--     SQL_tenant_id = '0198...' CONST, SQL_client_ids = '0198...,0198...' CONST;    -- or SQL_client_ids = 'every' CONST
--
-- A new server runs this file by itself; on one that exists, run it as the administrator: clickhouse-client --queries-file.
-- CONST, so that nobody changes it; who has the role without the settings is refused every query.
CREATE ROLE IF NOT EXISTS tenant_reader SETTINGS readonly = 1;
GRANT SELECT ON bizosaas.* TO tenant_reader;
-- They read as their owner, whom no policy binds, and give any tenant that is named.
REVOKE SELECT ON bizosaas.scoped_* FROM tenant_reader;
CREATE ROW POLICY IF NOT EXISTS own_rows ON bizosaas.* FOR SELECT
  USING tenant_id = toUUID(getSetting('SQL_tenant_id'))
    AND (getSetting('SQL_client_ids') = 'every' OR has(splitByChar(',', getSetting('SQL_client_ids')), toString(client_id)))
  TO tenant_reader;
