import type { Postgres } from '@bizosaas/databases'

/** Up to which position of the event store all erasures are carried out. Kept with the keys: a copy of both is of one moment. */
export interface ErasuresSeen {
  /** @throws StoreUnavailable */
  readonly position: () => Promise<number>
  /** Does nothing if it is not at `from` any more. @returns whether it moved. @throws StoreUnavailable */
  readonly move: (from: number, to: number) => Promise<boolean>
  /** Whether somebody's keys are known to be destroyed: not to a copy from before. @throws StoreUnavailable */
  readonly knows: (subject: string) => Promise<boolean>
}

export function erasuresSeen(postgres: Postgres): ErasuresSeen {
  return {
    position: async () => {
      const [row] = await postgres.query<{ position: number }>('SELECT position FROM keys.erasures_seen')
      return row?.position ?? 0
    },
    move: async (from, to) => {
      const moved = await postgres.query(
        'UPDATE keys.erasures_seen SET position = $2 WHERE position = $1 RETURNING position',
        [from, to],
      )
      return moved.length > 0
    },
    knows: async (subject) => {
      const found = await postgres.query('SELECT FROM keys.destroyed WHERE subject = $1', [subject])
      return found.length > 0
    },
  }
}
