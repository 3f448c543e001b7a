-- Passwords stand with the keys, for they end with them; in events they never are.
CREATE TABLE keys.password (
  subject uuid PRIMARY KEY,
  hash    text NOT NULL,
  set_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN keys.password.hash IS 'Argon2id with its parameters, as PHC strings have it; the subject is bound to it';
CREATE TRIGGER never_again BEFORE INSERT OR UPDATE ON keys.password
  FOR EACH ROW EXECUTE FUNCTION keys.refuse_destroyed();

-- Who is destroyed has no password any more either, whoever writes it down.
CREATE FUNCTION keys.forget_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM keys.password WHERE subject = NEW.subject;
  RETURN NEW;
END
$$;
CREATE TRIGGER with_the_password AFTER INSERT ON keys.destroyed
  FOR EACH ROW EXECUTE FUNCTION keys.forget_password();

CREATE TABLE keys.sign_in_failures (
  bucket     text PRIMARY KEY,
  failures   integer NOT NULL,
  last_at    timestamptz NOT NULL,
  open_again timestamptz NOT NULL
);
COMMENT ON TABLE keys.sign_in_failures IS 'Of accounts and of network addresses, each by an HMAC; an attempt counts as failed until it succeeds';

GRANT SELECT, INSERT, UPDATE, DELETE ON keys.password, keys.sign_in_failures TO keeper;
