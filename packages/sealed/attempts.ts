import { createHmac, createSecretKey } from 'node:crypto'
import type { Postgres } from '@bizosaas/databases'

/** So many attempts are free; each one more makes the next wait twice as long. */
const free = { account: 5, address: 50, code: 5 } as const
const longestWaitSeconds = 15 * 60

/** What attempts are counted by: by whom they claim to be, where they come from, or whose one-time codes are tried. */
export interface Counted {
  readonly kind: keyof typeof free
  readonly value: string
}

/** @param key of the HMACs that they are counted by, in hexadecimal */
export function attemptsOf(postgres: Postgres, key: string) {
  const secret = createSecretKey(key, 'hex')
  const bucketOf = ({ kind, value }: Counted) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([kind, value]))
      .digest('hex')

  /**
   * Counts it as failed before it is looked at, so that many at once are not all free. By the clock and not by now(), for that is from
   * before it was waited for others at the same row.
   *
   * @returns seconds to wait, or null
   */
  const enter = async (counted: readonly Counted[]): Promise<number | null> => {
    for (const each of counted) {
      const entered = await postgres.query(
        `INSERT INTO keys.sign_in_failures AS f (bucket, failures, last_at, open_again)
         VALUES ($1, 1, clock_timestamp(), clock_timestamp())
         ON CONFLICT (bucket) DO UPDATE SET
           failures = CASE WHEN f.last_at < clock_timestamp() - interval '1 day' THEN 1 ELSE f.failures + 1 END,
           last_at = clock_timestamp(),
           open_again = CASE WHEN f.failures < $2 THEN f.open_again
             ELSE clock_timestamp() + least($3, power(2, least(f.failures - $2, 20))) * interval '1 second' END
         WHERE f.open_again <= clock_timestamp() RETURNING bucket`,
        [bucketOf(each), free[each.kind], longestWaitSeconds],
      )
      if (entered.length > 0) continue
      const [row] = await postgres.query<{ seconds: number }>(
        'SELECT greatest(1, ceil(extract(epoch FROM open_again - clock_timestamp())))::int AS seconds FROM keys.sign_in_failures WHERE bucket = $1',
        [bucketOf(each)],
      )
      return row?.seconds ?? 1
    }
    return null
  }

  /** The account begins anew; of the address only this one attempt is taken back. What is long over is forgotten. */
  const forgive = async (account: Counted, address: Counted | null) => {
    await postgres.query(`DELETE FROM keys.sign_in_failures WHERE bucket = $1 OR last_at < now() - interval '1 day'`, [
      bucketOf(account),
    ])
    if (address !== null)
      await postgres.query(
        'UPDATE keys.sign_in_failures SET failures = greatest(0, failures - 1), open_again = now() WHERE bucket = $1',
        [bucketOf(address)],
      )
  }

  return { enter, forgive }
}
