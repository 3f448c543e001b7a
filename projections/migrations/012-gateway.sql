-- Gateways follow the route policy that is in force. What they may read of it, its table says.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gateway') THEN CREATE ROLE gateway NOLOGIN; END IF;
END
$$;
GRANT USAGE ON SCHEMA read_model TO gateway;
GRANT SELECT ON read_model.live_version TO gateway;
