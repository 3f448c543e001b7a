import { createHash } from 'node:crypto'
import { database } from '../addresses.ts'

/** What the engine's own entry runs, as the user `default`, to become a server. */
export const bootStatements: readonly string[] = ['SYSTEM START LISTEN HTTP']

/**
 * The users of the embedded ClickHouse, which reads them at its start and knows no CREATE USER.
 *
 * `default` must keep an empty password, for the engine logs itself in by it. It may do nothing but listen, and its quota is spent with
 * the boot statements, so that nobody else can run anything by that name. Nobody has READ or WRITE on sources: no file(), no url().
 */
export const usersFile = (passwords: Readonly<Record<'admin' | 'projector' | 'query', string>>): string => `<clickhouse>
  <profiles>
    <default/>
    <boot/>
    <query><readonly>2</readonly><cancel_http_readonly_queries_on_client_close>1</cancel_http_readonly_queries_on_client_close></query>
  </profiles>
  <quotas>
    <default/>
    <boot><interval><duration>2147483647</duration><queries>${bootStatements.length}</queries></interval></boot>
  </quotas>
  <users>
    <default>
      <password></password>
      ${local}
      <profile>boot</profile>
      <quota>boot</quota>
      ${grants('GRANT SYSTEM LISTEN ON *.*')}
    </default>
${Object.entries(allowed)
  .map(([name, statements]) => user(name, passwords[name as keyof typeof allowed], statements))
  .join('\n')}
  </users>
</clickhouse>
`

/** Only engines that keep rows here: with `*` also File and URL, which would read and write outside. */
const engines = ['MergeTree', 'ReplacingMergeTree', 'AggregatingMergeTree', 'SummingMergeTree', 'Null'].map(
  (engine) => `GRANT TABLE ENGINE ON ${engine}`,
)

/** Not simply ALL or CREATE: these would include dictionaries, whose source may be any URL. */
const tables = 'SELECT, INSERT, ALTER, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE, SHOW'

/** What each user may do; production grants projector and query the same (`deploy/docker/clickhouse-users.xml`). */
export const allowed = {
  admin: [
    `GRANT ${tables}, CREATE DATABASE ON ${database}.*`,
    ...engines,
    'GRANT SELECT, SHOW ON system.*',
    'GRANT KILL QUERY ON *.*',
  ],
  projector: [`GRANT ${tables} ON ${database}.*`, ...engines],
  query: [`GRANT SELECT ON ${database}.scoped_*`, `GRANT SHOW TABLES ON ${database}.*`],
}

const local = '<networks><ip>127.0.0.1</ip></networks>'

const grants = (...statements: readonly string[]) =>
  `<grants>${statements.map((statement) => `<query>${statement}</query>`).join('')}</grants>`

const user = (name: string, password: string, statements: readonly string[]) => `    <${name}>
      <password_sha256_hex>${createHash('sha256').update(password).digest('hex')}</password_sha256_hex>
      ${local}
      <profile>${name === 'query' ? 'query' : 'default'}</profile>
      <quota>default</quota>
      ${grants(...statements)}
    </${name}>`
