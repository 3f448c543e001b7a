-- The last one-time code that a person used: it, and those before it, are taken no more, whichever instance they come to.
CREATE TABLE keys.code_used (
  subject   uuid PRIMARY KEY,
  enrolment text NOT NULL,
  step      bigint NOT NULL
);
COMMENT ON COLUMN keys.code_used.step IS 'Since 1970, in steps of the one-time codes';
CREATE TRIGGER never_again BEFORE INSERT OR UPDATE ON keys.code_used
  FOR EACH ROW EXECUTE FUNCTION keys.refuse_destroyed();

CREATE FUNCTION keys.forget_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM keys.code_used WHERE subject = NEW.subject;
  RETURN NEW;
END
$$;
CREATE TRIGGER with_the_code AFTER INSERT ON keys.destroyed
  FOR EACH ROW EXECUTE FUNCTION keys.forget_code();

GRANT SELECT, INSERT, UPDATE, DELETE ON keys.code_used TO keeper;
