/**
 * Carries erasures out, off the history of everything: whoever is to be erased there has their key destroyed, and a certificate
 * is recorded. It goes on where it stopped, which stands with the keys:
 *
 *   cut off at any moment         the same request is found again, and all that it leads to happens once
 *   keys restored from a copy     the place is as old as the copy, and who was erased since is not known there: it is done again
 */
import { setTimeout as pause } from 'node:timers/promises'
import {
  type CommandContext,
  derivedId,
  type EventStore,
  eventOf,
  type StoredEvent,
  StoreUnavailable,
} from '@bizosaas/event-store'
import { log, type Stop } from '@bizosaas/runtime'
import { type DomainEvent, Instant, instantOf, metadataFromStored } from '@bizosaas/schemas'
import type { ErasuresSeen, KeyStore } from '@bizosaas/sealed'
import type { People } from './people.ts'
import { userSteps } from './user.ts'

const unitLog = log.child({ unit: 'eraser' })
/** Events of others after which the place is written down. */
const noteEvery = 500
const retryMs = 500
/** So long may keys that were restored open again what was erased since their copy. */
const lookEveryMs = 5_000
const erasure = userSteps.erase.event

interface Means {
  readonly store: EventStore
  readonly keys: Pick<KeyStore, 'destroy'>
  readonly seen: ErasuresSeen
  readonly certify: People['user']
  /** Frees what the person holds, while it can be read. */
  readonly release: (context: CommandContext, userId: string) => Promise<void>
}

/** Starts it. What fails because a store is away is tried again, for ever. */
export function startEraser(means: Means): Stop {
  const end = new AbortController()
  const { signal } = end
  const run = async () => {
    while (!signal.aborted) {
      const round = new AbortController()
      const stopRound = () => round.abort()
      let both: readonly Promise<void>[] = []
      signal.addEventListener('abort', stopRound, { once: true })
      try {
        const place: Place = { noted: await means.seen.position(), failed: new Set(), last: null }
        both = [follow(means, place, round.signal), untilSetBack(means, place, round.signal)]
        await Promise.race(both)
      } catch (error) {
        // A fault of ours is no reason to leave anybody unerased either.
        if (!signal.aborted && !isAway(error)) unitLog.error({ err: error }, 'following the erasures failed')
      } finally {
        signal.removeEventListener('abort', stopRound)
        round.abort()
        await Promise.allSettled(both)
      }
      await pause(retryMs, undefined, { signal }).catch(() => {})
    }
  }
  const running = run()
  return async () => {
    end.abort()
    await running
  }
}

interface Place {
  /** How far this process knows that it was noted. */
  noted: number
  /** Positions of erasures that failed. Nothing is noted while there are any, so that whoever comes after us finds them again. */
  readonly failed: Set<number>
  /** Whose keys it destroyed last. While nothing is noted, it is by them that a copy from before is told. */
  last: string | null
}

/**
 * Tries again what failed, however far the others are. Resolves when the keys are as they were before, for they were restored: then all
 * since the place that stands with them must be done again.
 */
async function untilSetBack(means: Means, place: Place, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(lookEveryMs, undefined, { signal }).catch(() => {})
    if (signal.aborted || (await isSetBack(means.seen, place))) return
    for (const position of place.failed) if (await isErased(means, place, position)) place.failed.delete(position)
  }
}

async function isSetBack(seen: ErasuresSeen, place: Place): Promise<boolean> {
  const now = await seen.position()
  if (now < place.noted) return true
  if (place.last !== null && !(await seen.knows(place.last))) return true
  place.noted = now
  return false
}

/** A database that is away says so by the same code. */
const isAway = (error: unknown) =>
  error instanceof StoreUnavailable || (error instanceof Error && 'code' in error && error.code === 'store-unavailable')

async function follow(means: Means, place: Place, signal: AbortSignal): Promise<void> {
  const { store, seen } = means
  // A store that was itself restored may end before the place: what is erased from now on comes before that, too.
  const head = Math.max(await store.head(), 0)
  const from = Math.min(place.noted, head)
  if (head < place.noted && (await seen.move(place.noted, head))) place.noted = head
  let unnoted = 0
  for await (const { type, position } of store.subscribeToAll({ after: from, signal })) {
    unnoted += 1
    if (type !== erasure && unnoted < noteEvery) continue
    if (type === erasure && !(await isErased(means, place, position))) place.failed.add(position)
    if (place.failed.size > 0) continue
    if (await isSetBack(seen, place)) return
    // Whoever else carries erasures out may be ahead.
    if (place.noted < position && (await seen.move(place.noted, position))) place.noted = position
    unnoted = 0
  }
}

/** One who cannot be erased, for their key does not open, keeps nobody else from it. */
async function isErased(means: Means, place: Place, position: number): Promise<boolean> {
  try {
    place.last = await eraseAt(means, position)
    return true
  } catch (error) {
    if (isAway(error)) throw error
    unitLog.error({ err: error, position }, 'an erasure failed, and is tried again')
    return false
  }
}

/** @returns who was erased */
async function eraseAt({ store, ...means }: Means, position: number): Promise<string> {
  const [stored] = await store.readAll({ from: position, maxCount: 1 })
  // Passed by, somebody would never be erased: it is tried again.
  if (stored?.position !== position) throw new Error(`The erasure at ${position} cannot be read.`)
  return carryOut(means, stored)
}

async function carryOut({ keys, certify, release }: Omit<Means, 'store'>, stored: StoredEvent): Promise<string> {
  const { userId } = eventOf<DomainEvent<typeof erasure>>(stored).data
  const { tenantId, actor, correlationId } = metadataFromStored(stored.metadata)
  const context: CommandContext = {
    tenantId,
    clientIds: null,
    actor,
    commandId: derivedId(stored.id, 'certificate'),
    bodyHash: '',
    correlationId,
    causationId: stored.id,
    traceparent: null,
    now: instantOf(new Date()),
  }
  await release({ ...context, commandId: derivedId(stored.id, 'release') }, userId)
  const { versions, destroyedAt, destroyedBy } = await keys.destroy(userId, actor)
  const certificate = { keyVersions: versions, destroyedAt: Instant.parse(destroyedAt), destroyedBy }
  const outcome = await certify({ id: userId, command: { type: 'certify', userId, ...certificate }, context })
  if (!('events' in outcome))
    throw new Error(`The erasure of ${userId} cannot be certified: ${JSON.stringify(outcome)}`)
  // What was linked while the first release was under way.
  await release({ ...context, commandId: derivedId(stored.id, 'last release') }, userId)
  unitLog.info({ tenantId, userId, keyVersions: versions, by: actor }, 'a person was erased')
  return userId
}
