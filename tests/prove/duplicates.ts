import { setTimeout as pause } from 'node:timers/promises'
import { askAt } from './system/ask-at.ts'

const everyMs = 1_000

/**
 * Looks at the runners' own counts again and again, since they are gone with the process: so the sum is what was seen, and
 * what came between the last look and a kill is missing in it.
 */
export const countDuplicates = (runners: ReadonlyMap<string, string>) => {
  const stopping = new AbortController()
  let before = 0
  const latest = new Map<string, number>()
  const look = async (name: string, url: string): Promise<void> => {
    const text = await askAt(`${url}/metrics`, AbortSignal.timeout(1_000)).catch(() => null)
    if (text === null) return
    const now = duplicatesIn(text)
    const last = latest.get(name) ?? 0
    // A count that went back is another process's.
    if (now < last) before += last
    latest.set(name, now)
  }
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await Promise.all([...runners].map(([name, url]) => look(name, url)))
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    seen: () => before + [...latest.values()].reduce((sum, count) => sum + count, 0),
    stop: async () => {
      stopping.abort()
      await looking
    },
  }
}

/** In Prometheus' text format. */
const duplicatesIn = (text: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith('projection_events_total{') && line.includes('outcome="already-applied"'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
