import type { Postgres } from '@bizosaas/databases'
import { attemptsOf } from './attempts.ts'
import { SubjectErased } from './errors.ts'
import { hashPassword, isOutdated, isPassword } from './password-hash.ts'
import { isErased } from './postgres-key-store.ts'

export interface Passwords {
  /** @throws SubjectErased; StoreUnavailable */
  readonly set: (subject: string, password: string) => Promise<void>
  /**
   * Takes the same work and the same time whether there is such a person, they have a password, or it is another one; but for a hash of
   * an older release, which is replaced when its person signs in.
   * @param subject null where there is no such person
   * @throws StoreUnavailable
   */
  readonly check: (attempt: Attempt) => Promise<Verdict>
}

export interface Attempt {
  readonly subject: string | null
  /** What was claimed to be the person, and where from: attempts are counted by each. */
  readonly account: string
  readonly address: string | null
  readonly password: string
}

export type Verdict =
  | { readonly type: 'right' | 'wrong' }
  | { readonly type: 'throttled'; readonly retryAfterSeconds: number }

/** @param key of the HMACs that accounts and addresses are counted by, in hexadecimal */
export function passwords(postgres: Postgres, key: string): Passwords {
  const attempts = attemptsOf(postgres, key)

  /** With the parameters of today: only while all have the same does it take the same time for everybody. */
  const replace = async (subject: string, password: string, hash: string): Promise<void> => {
    await postgres.query('UPDATE keys.password SET hash = $3 WHERE subject = $1 AND hash = $2', [
      subject,
      hash,
      await hashPassword(subject, password),
    ])
  }

  return {
    set: async (subject, password) => {
      const hash = await hashPassword(subject, password)
      try {
        await postgres.query(
          `INSERT INTO keys.password (subject, hash) VALUES ($1, $2)
           ON CONFLICT (subject) DO UPDATE SET hash = excluded.hash, set_at = now()`,
          [subject, hash],
        )
      } catch (error) {
        throw isErased(error) ? new SubjectErased(subject) : error
      }
    },

    check: async ({ subject, account, address, password }) => {
      const byAddress = address === null ? [] : [{ kind: 'address', value: address } as const]
      const wait = await attempts.enter([...byAddress, { kind: 'account', value: account }])
      if (wait !== null) return { type: 'throttled', retryAfterSeconds: wait }

      const asked = subject ?? nobody
      const [row] = await postgres.query<{ hash: string }>('SELECT hash FROM keys.password WHERE subject = $1', [asked])
      if (!(await isPassword(asked, password, row?.hash ?? null))) return { type: 'wrong' }
      if (row !== undefined && isOutdated(row.hash)) await replace(asked, password, row.hash)
      await attempts.forgive({ kind: 'account', value: account }, byAddress[0] ?? null)
      return { type: 'right' }
    },
  }
}

/** Nobody has this id, which is asked for where there is no such person. */
const nobody = '00000000-0000-0000-0000-000000000000'
