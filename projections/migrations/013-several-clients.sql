-- A session may be restricted to several clients, where it was to one. `all` is written out, so that whoever forgets the
-- setting, or says nothing, gets an error and never another client's rows.
CREATE FUNCTION read_model.current_clients() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE current_setting('app.client_ids') WHEN 'all' THEN NULL ELSE current_setting('app.client_ids')::uuid[] END;
COMMENT ON FUNCTION read_model.current_clients() IS 'Null for a session that sees all clients of its tenant';

-- In every policy that there is: those of the tables here, and of the read models' own.
DO $$
DECLARE
  policy record;
BEGIN
  FOR policy IN
    SELECT tablename, policyname, qual FROM pg_policies
    WHERE schemaname = 'read_model' AND qual LIKE '%current\_client()%'
  LOOP
    EXECUTE format(
      'ALTER POLICY %I ON read_model.%I USING (%s)', policy.policyname, policy.tablename,
      CASE WHEN policy.qual LIKE '%client_id = read_model.current_client()%' THEN
        'tenant_id = read_model.current_tenant() AND CASE WHEN (SELECT read_model.current_clients()) IS NULL THEN true '
        'ELSE client_id = ANY ((SELECT read_model.current_clients())::uuid[]) END'
      ELSE
        'tenant_id = read_model.current_tenant() AND (SELECT read_model.current_clients()) IS NULL'
      END
    );
  END LOOP;
END
$$;
-- Fails if one is left that asks for a single client.
DROP FUNCTION read_model.current_client();
