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

  await search([...Map.groupBy(items, (item) => item.record.stream).values()])
  return refused
}
