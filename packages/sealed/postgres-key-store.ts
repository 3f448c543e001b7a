import { randomBytes } from 'node:crypto'
import type { Postgres, Queryable } from '@bizosaas/databases'
import { SubjectErased } from './errors.ts'
import type { DataKey, Destroyed, KeyRef, KeyStore } from './key-store.ts'
import type { MasterKey } from './master-key.ts'

export const keyMigrations = new URL('./migrations/', import.meta.url)

type Row = { readonly subject: string; readonly version: number; readonly wrapped: string }

/** Keys in the schema `keys`, wrapped. That a destroyed one is never made again the database sees to: see the migration. */
export function postgresKeyStore(postgres: Postgres, master: MasterKey): KeyStore {
  const latest = async (subject: string): Promise<DataKey | null> => {
    const [row] = await postgres.query<Row>(
      'SELECT subject, version, wrapped FROM keys.data_key WHERE subject = $1 ORDER BY version DESC LIMIT 1',
      [subject],
    )
    return row ? ((await unwrapped([row]))[0] as DataKey) : null
  }

  const unwrapped = async (rows: readonly Row[]): Promise<readonly DataKey[]> => {
    const keys = await master.unwrap(rows.map((row) => ({ text: row.wrapped, about: aboutKey(row) })))
    return rows.map(({ subject, version }, n) => ({ subject, version, key: keys[n] as Buffer }))
  }

  /** Somebody else may have made the version first: then it is theirs. */
  const make = async (ref: KeyRef): Promise<DataKey> => {
    const wrapped = await master.wrap(randomBytes(32), aboutKey(ref))
    try {
      await postgres.query(
        'INSERT INTO keys.data_key (subject, version, wrapped, master) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
        [ref.subject, ref.version, wrapped, master.id],
      )
    } catch (error) {
      throw isErased(error) ? new SubjectErased(ref.subject) : error
    }
    const made = await latest(ref.subject)
    if (made === null) throw new SubjectErased(ref.subject)
    return made
  }

  return {
    sealingKey: async (subject) => (await latest(subject)) ?? make({ subject, version: 1 }),

    openingKeys: async (refs) => {
      const rows = await postgres.query<Row>(
        `SELECT DISTINCT subject, version, wrapped FROM keys.data_key
         JOIN unnest($1::uuid[], $2::int[]) AS asked (subject, version) USING (subject, version)`,
        [refs.map(({ subject }) => subject), refs.map(({ version }) => version)],
      )
      const keys = new Map((await unwrapped(rows)).map((found) => [aboutKey(found), found.key]))
      return refs.map((ref) => keys.get(aboutKey(ref)) ?? null)
    },

    rotate: async (subject) => {
      const before = await latest(subject)
      return make({ subject, version: (before?.version ?? 0) + 1 })
    },

    destroy: (subject, by) =>
      postgres.transaction(async (tx) => {
        await tx.query('SELECT keys.lock_subject($1)', [subject])
        const rows = await tx.query<{ version: number }>(
          'DELETE FROM keys.data_key WHERE subject = $1 RETURNING version',
          [subject],
        )
        const versions = rows.map(({ version }) => version).sort((a, b) => a - b)
        await tx.query(
          'INSERT INTO keys.destroyed (subject, versions, destroyed_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [subject, versions, by],
        )
        return destroyedOf(tx, subject)
      }),
  }
}

async function destroyedOf(tx: Queryable, subject: string): Promise<Destroyed> {
  const [row] = await tx.query<{ versions: number[]; destroyed_at: string; destroyed_by: string }>(
    'SELECT versions, destroyed_at, destroyed_by FROM keys.destroyed WHERE subject = $1',
    [subject],
  )
  if (!row) throw new Error(`The destruction of the key of ${subject} was not written down.`)
  return { subject, versions: row.versions, destroyedAt: row.destroyed_at, destroyedBy: row.destroyed_by }
}

const aboutKey = ({ subject, version }: KeyRef) => `${subject}/${version}`

/** What the trigger on `keys.data_key` raises. */
export const isErased = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'BZ001'
