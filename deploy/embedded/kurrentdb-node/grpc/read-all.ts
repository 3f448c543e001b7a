/** Reads `$all`: forwards from a position (included), backwards from one (excluded), with or without a filter. */
import type { Store } from '../store/store.ts'
import { filterOf } from './filter.ts'
import { countOf, frameOf, yieldToOthers } from './pages.ts'
import type { ReadOptions } from './protocol.ts'
import type { Reading } from './read.ts'

export const readAll: Reading = async (store, options, outbox) => {
  const backwards = options.readDirection === 'BACKWARDS'
  const frame = frameOf(store, options)
  const filter = options.filter ? filterOf(options.filter) : null
  let left = countOf(options)
  let from = positionOf(options, store)
  while (left > 0 && !outbox.isGone()) {
    // A filter may drop rows, so it looks at full chunks.
    const limit = filter === null ? left : Number.MAX_SAFE_INTEGER
    const rows = backwards ? store.backward(from, limit) : store.forward(from, limit)
    const last = rows.at(-1)
    if (last === undefined) return
    const passing = filter === null ? rows : rows.filter(({ record }) => filter(record)).slice(0, left)
    await outbox.send(passing.map(frame))
    left -= passing.length
    from = backwards ? last.position : last.position + 1
    await yieldToOthers()
  }
}

const positionOf = ({ all }: ReadOptions, store: Store): number => {
  if (all?.position) return Number(all.position.commitPosition ?? 0)
  if (all?.start) return 0
  // Behind the end: nothing forwards, everything backwards.
  return store.head() + 1
}
