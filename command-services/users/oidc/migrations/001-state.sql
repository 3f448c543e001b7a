-- What the OpenID Connect server remembers between two requests: sign-ins under way, browsers' sessions, codes, tokens.

-- The operator makes the role, with its password. Where it is missing it is made here, without a login.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'oidc') THEN CREATE ROLE oidc NOLOGIN; END IF;
END
$$;

CREATE SCHEMA oidc;
GRANT USAGE ON SCHEMA oidc TO oidc;

CREATE TABLE oidc.state (
  kind        text NOT NULL,
  key         bytea NOT NULL,
  content     bytea NOT NULL,
  look_up     bytea,
  session_id  uuid,
  user_id     uuid,
  consumed_at timestamptz,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (kind, key)
);
COMMENT ON COLUMN oidc.state.key IS 'SHA-256 of the token, code or cookie: whoever reads the table can send none of them';
COMMENT ON COLUMN oidc.state.content IS 'Sealed by a key that is not in the database';
COMMENT ON COLUMN oidc.state.look_up IS 'SHA-256 of the second name that a browser''s session goes by';
COMMENT ON COLUMN oidc.state.session_id IS 'The sign-in that it belongs to, and ends with';
CREATE INDEX ON oidc.state (look_up) WHERE look_up IS NOT NULL;
CREATE INDEX ON oidc.state (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX ON oidc.state (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ON oidc.state (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON oidc.state TO oidc;
