import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Client } from 'pg'
import { database, host } from '../addresses.ts'
import { Problem } from '../bootstrap/problem.mjs'
import { toolchain } from '../paths.ts'
import { unprivilegedUser } from './as-user.ts'
import type { Part, Place } from './part.ts'
import { runToEnd } from './run-to-end.ts'

const majorVersion = '18'

/** PostgreSQL with pgvector: one database, its owner, and a role for each of the units that only need a part of it. */
export function postgres({ folder, ports, secrets }: Place): Part {
  const bin = path.join(toolchain('postgres'), 'embedded_postgres/pginstall/bin')
  const cluster = path.join(folder, 'cluster')
  const user = unprivilegedUser()
  const connection = { host, port: ports.POSTGRES_PORT, user: 'postgres', password: secrets.postgres.postgres }

  const prepare = async () => {
    if (existsSync(cluster)) return refuseOtherVersion(cluster)
    const fresh = path.join(folder, 'cluster.new')
    const passwordFile = path.join(folder, 'password')
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh)
    await chmod(fresh, 0o700)
    await writeFile(passwordFile, secrets.postgres.postgres, { mode: 0o600 })
    if (user) await Promise.all([fresh, passwordFile].map((file) => chown(file, user.uid, user.gid)))
    // The built-in locale sorts the same way on every machine.
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
    // A new segment of the log is filled and synced while every commit waits: 1 MiB is not felt, the usual 16 MiB are (300 ms).
    const log = ['--wal-segsize=1']
    await runToEnd([path.join(bin, 'initdb'), `--pgdata=${fresh}`, ...locale, ...access, ...log], user)
    await rm(passwordFile)
    await rename(fresh, cluster)
  }

  const settings = [
    `port=${ports.POSTGRES_PORT}`,
    `listen_addresses=${host}`,
    'unix_socket_directories=',
    'max_connections=200',
    // Room for the indexes of a long history: what does not fit is written out again and again.
    'shared_buffers=512MB',
    // PostgreSQL's usual sizes of the log, which follow the size of a segment: with ours it would make a checkpoint every 64 MB,
    // and after each one write every page whole that changes.
    'wal_buffers=16MB',
    'min_wal_size=80MB',
    'max_wal_size=1GB',
  ]
  return {
    name: 'postgres',
    title: 'PostgreSQL',
    ports: ['POSTGRES_PORT'],
    prepare,
    command: [path.join(bin, 'postgres'), '-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
    user,
    probe: async () => {
      await makeRoles(connection, secrets.postgres)
    },
    readyWithinMs: 300_000, // after a kill it first goes through its log, which a slow disk takes long for
    stopSignal: 'SIGINT', // "fast": ends sessions instead of waiting for them
    stopWithinMs: 60_000, // it writes out what is in its memory alone
    damaged:
      /could not locate a valid checkpoint|database files are incompatible|is not a valid data directory|invalid primary checkpoint|could not open file "(global|base)/i,
  }
}

async function refuseOtherVersion(cluster: string): Promise<void> {
  const version = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8').catch(() => 'an unknown version')).trim()
  if (version === majorVersion) return
  throw new Problem(
    `The data in ${cluster} was written by PostgreSQL ${version}, this is ${majorVersion}: move it away or delete all data with "npm run stack -- reset".`,
  )
}

/** Roles and the database, by name and with the passwords as they are now. The schemas and their grants are the services' migrations. */
async function makeRoles(
  connection: { host: string; port: number; user: string; password: string },
  passwords: Place['secrets']['postgres'],
): Promise<void> {
  await withClient({ ...connection, database: 'postgres' }, async (client) => {
    const { rows: roles } = await client.query<{ rolname: string }>('select rolname from pg_roles')
    for (const role of [
      'bizosaas',
      'relay',
      'auditor',
      'projector',
      'query',
      'keeper',
      'opener',
      'oidc',
      'gateway',
    ] as const) {
      const verb = roles.some(({ rolname }) => rolname === role) ? 'alter' : 'create'
      await client.query(`${verb} role ${role} login nosuperuser nobypassrls password '${passwords[role]}'`)
    }
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database} owner bizosaas`)
    await client.query(`revoke connect, temporary on database ${database} from public`)
    await client.query(
      `grant connect on database ${database} to relay, auditor, projector, query, keeper, opener, oidc, gateway`,
    )
  })
}

async function withClient(
  connection: { host: string; port: number; user: string; password: string; database: string },
  run: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // a lost connection rejects the query that runs
  await client.connect()
  try {
    await run(client)
  } finally {
    await client.end()
  }
}
