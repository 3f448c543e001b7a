import type { ConsumedBatch } from '@bizosaas/kafka'
import { lanes } from '../../runner/lanes.ts'

/**
 * A rebuild yields to live traffic: while events come in, one piece of work is done at a time, a small one, and after each there
 * is a rest, so that the work takes `share` percent of the time. With nothing else to do the machine is the rebuild's.
 */
export type Pacing = {
  /** The batch, or pieces of it in their order. */
  readonly pieces: (batch: ConsumedBatch) => Iterable<ConsumedBatch>
  /** @param stopping ends a rest */
  readonly work: <Result>(piece: () => Promise<Result>, stopping: AbortSignal) => Promise<Result>
}

/** Records; what they take of both cores is over before anybody who waits would notice. */
const smallPiece = 2_000

export function pacing(options: {
  readonly share: number
  /** Whether events come in. */
  readonly isBusy: () => boolean
  readonly now: () => number
  readonly rest: (ms: number, stopping: AbortSignal) => Promise<void>
}): Pacing {
  const { share, isBusy, now, rest } = options
  const inLane = lanes()
  const yields = () => share < 100 && isBusy()
  return {
    *pieces(batch) {
      const { messages } = batch
      for (let at = 0; at < messages.length; ) {
        const end = yields() ? at + smallPiece : messages.length
        yield at === 0 && end >= messages.length ? batch : { ...batch, messages: messages.slice(at, end) }
        at = end
      }
    },

    work: (piece, stopping) => {
      if (!yields()) return piece()
      return inLane('', async () => {
        const start = now()
        try {
          return await piece()
        } finally {
          await rest(((now() - start) * (100 - share)) / share, stopping)
        }
      })
    },
  }
}
