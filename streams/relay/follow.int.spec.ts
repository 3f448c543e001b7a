import { randomUUID } from 'node:crypto'
import { type EventStore, type StoredEvent, StoreUnavailable } from '@bizosaas/event-store'
import { log } from '@bizosaas/runtime'
import { expect, test } from '@jest/globals'
import { follow, type Piece, type Place } from './follow.ts'
import { useOwnStore } from './testing/own-store.ts'

const used = useOwnStore()

const placeOf = ({ stream, position, id }: StoredEvent): Place => ({ stream, position, id })

/** Appends so many events, and answers them with the last one before them. */
const appended = async (
  count: number,
): Promise<{ readonly before: Place; readonly events: readonly StoredEvent[] }> => {
  const append = (many: number) =>
    used.store.append([
      {
        stream: `campaign-${randomUUID()}.${randomUUID()}`,
        expected: 'no-stream',
        events: Array.from({ length: many }, () => ({ id: randomUUID(), type: 'Tested', data: {}, metadata: {} })),
      },
    ])
  const { position: from } = await append(1)
  for (let left = count; left > 0; left -= 100) await append(Math.min(100, left))
  const [before, ...events] = await used.store.readAll({ from, maxCount: count + 1 })
  if (before === undefined) throw new Error('It was just appended')
  return { before: placeOf(before), events }
}

/** Takes pieces until so many events have come and their read has ended, then stops. */
const taken = async (from: EventStore, after: Place, count: number): Promise<readonly Piece[]> => {
  const stopping = new AbortController()
  const pieces: Piece[] = []
  let events = 0
  for await (const piece of follow(from, { after, signal: stopping.signal, log })) {
    pieces.push(piece)
    events += piece.events.length
    if (events >= count && piece.isLast) stopping.abort()
  }
  return pieces
}
const eventsOf = (pieces: readonly Piece[]) => pieces.flatMap(({ events }) => events)

test('gives every event once, in the order of commits, and tells where each read that gave some ends', async () => {
  // Reads are of 100 at first, and include the event that they start from.
  for (const count of [1, 98, 99, 100, 500]) {
    const { before, events } = await appended(count)
    const pieces = await taken(used.store, before, count)
    expect(eventsOf(pieces)).toEqual(events)
    for (const { events: some, isLast } of pieces) expect(some.length === 0).toBe(isLast)
  }
})

test('goes on after the last event where a read breaks off, and closes what that one gave', async () => {
  const { before, events } = await appended(500)
  const breaking: EventStore = {
    ...used.store,
    async *pagesOfAll(options) {
      for await (const page of used.store.pagesOfAll(options)) {
        yield page
        throw new StoreUnavailable('broken off')
      }
    },
  }
  const pieces = await taken(breaking, before, events.length)
  expect(eventsOf(pieces)).toEqual(events)
  expect(pieces.map(({ isLast }) => isLast)).toEqual(pieces.map((_, index) => index % 2 === 1))
})

test('waits for what is appended later', async () => {
  const { before } = await appended(0)
  const later: Promise<{ readonly events: readonly StoredEvent[] }>[] = []
  const quiet: EventStore = {
    ...used.store,
    subscribeToAll(options) {
      if (later.length === 0) later.push(appended(2))
      return used.store.subscribeToAll(options)
    },
  }
  const ids = eventsOf(await taken(quiet, before, 3)).map(({ id }) => id)
  const [all] = await Promise.all(later)
  expect(ids.slice(-2)).toEqual(all?.events.map(({ id }) => id))
})

test('ends in the middle of a read when it is told to', async () => {
  const { before } = await appended(500)
  const stopping = new AbortController()
  const pieces: Piece[] = []
  for await (const piece of follow(used.store, { after: before, signal: stopping.signal, log })) {
    pieces.push(piece)
    stopping.abort()
  }
  expect(pieces).toHaveLength(1)
})

test('refuses a store that does not hold the event any more which it goes on from', async () => {
  const { before } = await appended(1)
  await expect(taken(used.store, { ...before, id: randomUUID() }, 1)).rejects.toThrow('does not hold event')
})
