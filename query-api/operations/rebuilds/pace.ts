/** How fast a rebuild is, from what was seen of it lately: whoever asks adds what they see. */

export interface Seen {
  readonly atMs: number
  readonly events: number
  readonly rows: number
}

export interface Pace {
  readonly eventsPerSecond: number
  readonly rowsPerSecond: number
}

const overMs = 15_000
/** Between looks that are closer there is nothing to be told but noise. */
const apartMs = 500

/** Remembers a few looks at each rebuild, of the last seconds only. */
export function pacer() {
  const seen = new Map<string, Seen[]>()
  return {
    /** @returns null at the first look, and where it has gone back to the beginning */
    look: (id: string, now: Seen): Pace | null => {
      const before = (seen.get(id) ?? []).filter(({ atMs }) => now.atMs - atMs <= overMs)
      const last = before.at(-1)
      if (last === undefined || now.atMs - last.atMs >= apartMs) seen.set(id, [...before, now])
      return between(before[0], now)
    },
    forget: (id: string): void => {
      seen.delete(id)
    },
  }
}

export type Pacer = ReturnType<typeof pacer>

function between(first: Seen | undefined, now: Seen): Pace | null {
  if (first === undefined || now.atMs - first.atMs < apartMs || now.events < first.events) return null
  const seconds = (now.atMs - first.atMs) / 1000
  return {
    eventsPerSecond: Math.round((now.events - first.events) / seconds),
    rowsPerSecond: Math.max(0, Math.round((now.rows - first.rows) / seconds)),
  }
}

/** Null while nothing can be said. */
export function secondsLeft(todo: number, pace: Pace | null): number | null {
  if (todo === 0) return 0
  if (pace === null || pace.eventsPerSecond === 0) return null
  return Math.ceil(todo / pace.eventsPerSecond)
}
