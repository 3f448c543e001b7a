/** The ids of the most recent events, by which an append at `any` is known to be a repetition. */

export type RecentIds = {
  readonly find: (id: string) => { readonly stream: number; readonly revision: number } | undefined
  readonly add: (id: string, stream: number, revision: number) => void
  readonly forget: (id: string) => void
}

/** About 10 MB; the real server bounds its cache by memory too. */
const CAPACITY = 50_000

export const recentIds = (): RecentIds => {
  const places = new Map<string, { stream: number; revision: number }>()
  return {
    find: (id) => places.get(id),
    add: (id, stream, revision) => {
      if (places.size >= CAPACITY) places.delete(places.keys().next().value ?? '')
      places.set(id, { stream, revision })
    },
    forget: (id) => places.delete(id),
  }
}
