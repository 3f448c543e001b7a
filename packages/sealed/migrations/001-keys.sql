-- Keys of people, each wrapped by the master key. A schema and roles of their own: whoever reads the read models holds no key.

-- The operator makes the roles, with their passwords. Where one is missing it is made here, without a login.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keeper') THEN CREATE ROLE keeper NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'opener') THEN CREATE ROLE opener NOLOGIN; END IF;
END
$$;

CREATE SCHEMA keys;
GRANT USAGE ON SCHEMA keys TO keeper, opener;

CREATE TABLE keys.data_key (
  subject uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  wrapped text NOT NULL,
  master  text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (subject, version)
);
COMMENT ON TABLE keys.data_key IS 'The latest version of a subject''s key seals, each opens what it sealed';
COMMENT ON COLUMN keys.data_key.master IS 'Which master key wrapped it';

CREATE TABLE keys.destroyed (
  subject      uuid PRIMARY KEY,
  versions     integer[] NOT NULL,
  destroyed_at timestamptz NOT NULL DEFAULT now(),
  destroyed_by text NOT NULL
);
COMMENT ON TABLE keys.destroyed IS 'Only ever added to: whoever stands here never gets a key again';

-- Making and destroying a subject's keys wait for each other.
CREATE FUNCTION keys.lock_subject(subject uuid) RETURNS void LANGUAGE sql VOLATILE
  AS $$ SELECT pg_advisory_xact_lock(hashtextextended('keys/' || subject::text, 0)) $$;

CREATE FUNCTION keys.refuse_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM keys.lock_subject(NEW.subject);
  IF EXISTS (SELECT FROM keys.destroyed WHERE subject = NEW.subject) THEN
    RAISE EXCEPTION 'the key of % is destroyed', NEW.subject USING ERRCODE = 'BZ001';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER never_again BEFORE INSERT OR UPDATE ON keys.data_key
  FOR EACH ROW EXECUTE FUNCTION keys.refuse_destroyed();

CREATE FUNCTION keys.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what is destroyed stays destroyed' USING ERRCODE = 'BZ002';
END
$$;
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE ON keys.destroyed
  FOR EACH ROW EXECUTE FUNCTION keys.refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON keys.destroyed
  FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_change();

GRANT SELECT, INSERT, DELETE ON keys.data_key TO keeper;
GRANT SELECT, INSERT ON keys.destroyed TO keeper;
-- Opens, and neither makes nor destroys.
GRANT SELECT ON keys.data_key TO opener;
