import type { Item } from './items.ts'

/**
 * Finds which events a database refuses, when all it says is that it refused a batch: halves the batch by stream until one
 * stream is left, then takes that stream's events one more at a time. About 2·log2(streams) tries for one culprit.
 * @param attempt writes what the items come to, without keeping it; answers the database's words, or null if it took them
 * @returns the first refused event of each stream at fault; empty if the parts are fine and only the whole is not
 */
export async function findRefused(
  items: readonly Item[],
  attempt: (items: readonly Item[]) => Promise<string | null>,
): Promise<Map<Item, string>> {
  const refused = new Map<Item, string>()

  const search = async (streams: readonly (readonly Item[])[]): Promise<void> => {
    if (streams.length === 0 || (await attempt(streams.flat())) === null) return
    const [only] = streams
    if (streams.length === 1 && only !== undefined) return searchStream(only)
    const half = Math.ceil(streams.length / 2)
    await search(streams.slice(0, half))
    await search(streams.slice(half))
  }

  const searchStream = async (stream: readonly Item[]): Promise<void> => {
    for (const [index, item] of stream.entries()) {
      const words = await attempt(stream.slice(0, index + 1))
      if (words !== null) {
        refused.set(item, words)
        return
      }
    }
  }

  await search(byStream(items))
  return refused
}

/**
 * Finds two streams that a database takes apart and refuses together, as when both write the same row: there is no telling
 * which of them is right. About 4·log2(streams) tries.
 * @param attempt as of `findRefused`, which found nothing in these items
 * @returns of each of the two the event with which they come to clash; empty if the database takes everything now
 */
export async function findClash(
  items: readonly Item[],
  attempt: (items: readonly Item[]) => Promise<string | null>,
): Promise<Map<Item, string>> {
  const streams = byStream(items)
  const words = await attempt(streams.flat())
  if (words === null) return new Map()
  const isRefused = async (...some: (readonly Item[])[]) => (await attempt(some.flat())) !== null
  // The first so many are refused only with the last of them; of those, the last so many only with the first of them.
  const first = await fewest(streams.length, (n) => isRefused(...streams.slice(0, n)))
  const until = await fewest(first, (n) => isRefused(...streams.slice(first - n, first)))
  const [one = [], other = []] = [streams[first - until], streams[first - 1]]
  const ofOne = await fewest(one.length, (n) => isRefused(one.slice(0, n), other))
  const ofOther = await fewest(other.length, (n) => isRefused(one, other.slice(0, n)))
  const clashing = [one[ofOne - 1], other[ofOther - 1]].filter((item) => item !== undefined)
  return new Map(clashing.map((item) => [item, words]))
}

function byStream(items: readonly Item[]): Item[][] {
  return [...Map.groupBy(items, (item) => item.record.stream).values()]
}

/** The smallest number from 1 to `most` for which it holds, given that it holds for `most` and from there on down to it. */
async function fewest(most: number, holds: (n: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [1, most]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (await holds(middle)) high = middle
    else low = middle + 1
  }
  return high
}
