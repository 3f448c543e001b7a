/**
 * What is done to the system. Each fault goes away by itself after a while that is drawn when it begins; `heal` ends all
 * that still last.
 */
import { execFileSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../random.ts'
import type { Cable } from '../system/cable.ts'
import type { Keeper } from '../system/keeper.ts'
import type { ProvenSystem } from '../system/system.ts'

/** How often each is drawn, in proportion; and what it means in the report. */
export const faultKinds = {
  kill: { weight: 56, says: 'kill -9' },
  freeze: { weight: 9, says: 'SIGSTOP, later SIGCONT' },
  cut: { weight: 8, says: 'all connections of a part cut' },
  unplug: { weight: 5, says: 'a part unreachable for a while' },
  slow: { weight: 7, says: 'slow connections to a part' },
  swallow: { weight: 8, says: 'answers of a part lost after the work was done' },
  fullDisk: { weight: 2, says: 'full disk of the event store' },
  restart: { weight: 5, says: 'restart in order' },
} as const

export type FaultKind = keyof typeof faultKinds

/** A broker takes seconds to be let in again and Java seconds to start: killed as often as others they would never be there. */
const killWeights: Readonly<Record<string, number>> = {
  kurrentdb: 12,
  kafka: 2,
  'schema-registry': 2,
  postgres: 6,
  clickhouse: 6,
  valkey: 4,
  'relay-1': 10,
  'relay-2': 10,
  'runner-1': 5,
  'runner-2': 5,
  'runner-3': 5,
  'edge-1': 12,
  'edge-2': 12,
}
const freezeWeights: Readonly<Record<string, number>> = { ...killWeights, 'relay-1': 20, 'relay-2': 20, kafka: 4 }
const cableWeights: Readonly<Record<string, number>> = {
  kurrentdb: 10,
  kafka: 8,
  'schema-registry': 2,
  postgres: 8,
  clickhouse: 6,
  valkey: 2,
}

export type Fault = { readonly kind: FaultKind; readonly target: string; readonly lastsMs: number }

export const drawFault = (random: Random): Fault => {
  const kind = random.weighted(
    Object.fromEntries(Object.entries(faultKinds).map(([name, { weight }]) => [name, weight])) as Record<
      FaultKind,
      number
    >,
  )
  const of = (weights: Readonly<Record<string, number>>, least = 0, most = 0): Fault => ({
    kind,
    target: random.weighted(weights),
    lastsMs: random.whole(least, most),
  })
  switch (kind) {
    case 'kill':
      return of(killWeights)
    case 'restart':
      return of(killWeights)
    case 'freeze': {
      const fault = of(freezeWeights, 500, 4_000)
      // Long enough that another relay or runner takes over, and this one wakes up behind its back.
      const isZombie = /^(relay|runner)/.test(fault.target) && random.chance(0.5)
      return isZombie ? { ...fault, lastsMs: random.whole(8_000, 14_000) } : fault
    }
    case 'cut':
      return of(cableWeights)
    case 'unplug':
      return of(cableWeights, 300, 4_000)
    case 'slow':
      return of(cableWeights, 1_000, 6_000)
    case 'swallow':
      return of(cableWeights, 50, 800)
    case 'fullDisk':
      return of({ kurrentdb: 1 }, 500, 3_000)
  }
}

/** Nothing is done to a process that does not run at that moment. */
export type Begun = 'done' | 'nobody there' | 'impossible here'

export type Faults = {
  /** Begins a fault, without waiting for its end. */
  readonly begin: (fault: Fault) => Begun
  /** Ends whatever lasts, and waits until it has ended. */
  readonly heal: () => Promise<void>
}

export const faultsOf = ({ keepers, cables }: ProvenSystem): Faults => {
  const lasting = new Set<Promise<unknown>>()
  let healing = new AbortController()

  /** Undoes later what was just done. */
  const forAWhile = (ms: number, undo: () => unknown): void => {
    const ended = pause(ms, undefined, { signal: healing.signal })
      .catch(() => {})
      .then(undo)
      .finally(() => lasting.delete(ended))
    lasting.add(ended)
  }
  const keeperOf = (name: string): Keeper => found(keepers, name)
  const cableOf = (name: string): Cable => found(cables, name)

  const doing: Readonly<Record<FaultKind, (fault: Fault) => Begun>> = {
    kill: ({ target }) => (keeperOf(target).kill() ? 'done' : 'nobody there'),
    restart: ({ target }) => {
      if (keeperOf(target).pid() === null) return 'nobody there'
      forAWhile(0, () => keeperOf(target).restart())
      return 'done'
    },
    freeze: ({ target, lastsMs }) => {
      const thaw = keeperOf(target).freeze()
      if (thaw === null) return 'nobody there'
      forAWhile(lastsMs, thaw)
      return 'done'
    },
    cut: ({ target }) => {
      cableOf(target).cut()
      return 'done'
    },
    unplug: ({ target, lastsMs }) => {
      cableOf(target).pull()
      forAWhile(lastsMs, () => cableOf(target).plugIn())
      return 'done'
    },
    slow: ({ target, lastsMs }) => {
      cableOf(target).slow(30 + (lastsMs % 200))
      forAWhile(lastsMs, () => cableOf(target).slow(0))
      return 'done'
    },
    swallow: ({ target, lastsMs }) => {
      cableOf(target).swallow()
      forAWhile(lastsMs, () => cableOf(target).breakSwallowed())
      return 'done'
    },
    fullDisk: ({ target, lastsMs }) => {
      const pid = keeperOf(target).pid()
      if (pid === null) return 'nobody there'
      if (!limitFiles(pid, '4096')) return 'impossible here'
      // A process of that number that came later has no limit to be lifted.
      forAWhile(lastsMs, () => limitFiles(pid, 'unlimited'))
      return 'done'
    },
  }
  return {
    begin: (fault) => doing[fault.kind](fault),
    heal: async () => {
      healing.abort()
      await Promise.all(lasting)
      healing = new AbortController()
    },
  }
}

/** Lets a process's files grow no further than so: then every write fails, as on a full disk. It needs no privileges. */
const limitFiles = (pid: number, bytes: string): boolean => {
  try {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const found = <Item>(items: ReadonlyMap<string, Item>, name: string): Item => {
  const item = items.get(name)
  if (item === undefined) throw new Error(`There is no ${name}.`)
  return item
}
