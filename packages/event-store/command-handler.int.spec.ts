import { randomUUID } from 'node:crypto'
import { ClientId } from '@bizosaas/schemas'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { releaseClaim, standingOf } from './claim-streams.ts'
import { claimer } from './claims.ts'
import type { CommandContext, CommandRequest } from './command.ts'
import { commandHandler, type Handle } from './command-handler.ts'
import { maxEventsOfStream } from './judge.ts'
import {
  clientId,
  contextOf,
  make,
  rename,
  type Shelf,
  type ShelfCommand,
  type ShelfEvent,
  shelf,
} from './testing/shelf.ts'
import { all, useEventStore, watched } from './testing/store.ts'

const used = useEventStore()
/** Two processes, as far as what they remember is concerned. */
let here: Handle<ShelfCommand, ShelfEvent, Shelf>
let there: typeof here
let asked: string[]

beforeAll(() => {
  const watching = watched(used.store)
  asked = watching.asked
  here = commandHandler({ store: watching.store, decider: shelf })
  there = commandHandler({ store: used.store, decider: shelf })
})

type More = Omit<CommandRequest<ShelfCommand>, 'id' | 'command' | 'context'> & Partial<CommandContext>
const request = (
  id: string,
  command: ShelfCommand,
  { ifMatch = null, claims = [], releases = [], ...context }: More = {},
) => ({
  id,
  command,
  ifMatch,
  claims,
  releases,
  context: contextOf(context),
})
const newShelf = async (name = 'first') => {
  const id = randomUUID()
  await here(request(id, make(name)))
  return id
}
const namesIn = async (id: string) => {
  const stored = await all(used.store.readStream(`campaign-${contextOf().tenantId}.${id}`))
  return stored.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).name)
}
const askedFor = async (work: () => Promise<unknown>) => {
  asked.length = 0
  await work()
  return [...asked]
}

describe('an accepted command', () => {
  test('is stored with who, why and when, and answers with what it led to', async () => {
    const id = randomUUID()
    const sent = request(id, make('first'), { traceparent: '00-trace' })
    const outcome = await here(sent)
    const [stored] = await all(used.store.readStream(`campaign-${sent.context.tenantId}.${id}`))
    expect(outcome).toMatchObject({
      type: 'recorded',
      revision: 0,
      position: stored?.position,
      events: [{ type: 'CampaignCreated', data: { name: 'first' } }],
      state: { name: 'first' },
    })
    const { now, clientIds: _, ...context } = sent.context
    expect(stored?.metadata).toMatchObject({ ...context, clientId, recordedAt: now, schemaVersion: '1' })
  })

  test('costs one append and no read, be it the first of its stream or the next', async () => {
    const id = randomUUID()
    expect(await askedFor(() => here(request(id, make('first'))))).toEqual(['append'])
    expect(await askedFor(() => here(request(id, rename('second', 'third'))))).toEqual(['append'])
    expect(await namesIn(id)).toEqual(['first', 'second', 'third'])
  })

  test('is decided again on what others appended meanwhile', async () => {
    const id = await newShelf()
    await there(request(id, rename('theirs')))
    expect(await here(request(id, rename('theirs', 'ours')))).toMatchObject({ type: 'recorded', revision: 2 })
    expect(await namesIn(id)).toEqual(['first', 'theirs', 'ours'])
  })

  test('of many at once on one stream is recorded as all the others are', async () => {
    const id = await newShelf()
    const names = Array.from({ length: 30 }, (_, n) => `name ${n}`)
    const outcomes = await Promise.all(names.map((name, n) => (n % 3 ? here : there)(request(id, rename(name)))))
    expect(new Set(outcomes.map(({ type }) => type))).toEqual(new Set(['recorded']))
    expect((await namesIn(id)).toSorted()).toEqual(['first', ...names].toSorted())
  })
})

describe('what appends nothing is true when it is said', () => {
  test('a refusal from memory is confirmed by reading on', async () => {
    const id = await newShelf('locked')
    expect(await here(request(id, rename('x')))).toMatchObject({
      type: 'refused',
      refusal: { refusal: 'locked' },
      revision: 0,
    })
    expect(await askedFor(() => here(request(id, rename('x'))))).toEqual(['read'])

    const other = await newShelf()
    await there(request(other, rename('locked')))
    expect(await here(request(other, rename('x')))).toMatchObject({ type: 'refused', revision: 1 })
  })

  test('so is that there is nothing to do', async () => {
    const id = await newShelf()
    await there(request(id, rename('other')))
    expect(await here(request(id, rename('first')))).toMatchObject({ type: 'recorded', revision: 2 })
    expect(await here(request(id, rename('first')))).toMatchObject({ type: 'unchanged', revision: 2, events: [] })
  })

  test('so is that there is nothing', async () => {
    const id = randomUUID()
    expect(await here(request(id, rename('x')))).toMatchObject({ refusal: { refusal: 'not-found' } })
    await there(request(id, make('first')))
    expect(await here(request(id, rename('x')))).toMatchObject({ type: 'recorded', revision: 1 })
  })

  test('If-Match is compared with the revision that the stream has, not with the one remembered', async () => {
    const id = await newShelf()
    await there(request(id, rename('second')))
    expect(await here(request(id, rename('x'), { ifMatch: 0 }))).toEqual({ type: 'stale', expected: 0, actual: 1 })
    await there(request(id, rename('third')))
    expect(await here(request(id, rename('x'), { ifMatch: 2 }))).toMatchObject({ type: 'recorded', revision: 3 })
  })
})

describe('a command that is sent again', () => {
  test('answers as the first time, here and elsewhere, whatever happened since', async () => {
    const id = await newShelf()
    const sent = request(id, rename('second', 'third'), { ifMatch: 0 })
    const { type, ...first } = await here(sent)
    expect(type).toBe('recorded')
    await there(request(id, rename('locked')))
    for (const handle of [here, there, commandHandler({ store: used.store, decider: shelf })]) {
      expect(await handle(sent)).toEqual({ type: 'repeated', ...first })
    }
    expect(await namesIn(id)).toEqual(['first', 'second', 'third', 'locked'])
  })

  test('answers as the first time also where the stream is remembered from before it', async () => {
    const id = await newShelf()
    const sent = request(id, rename('second'))
    const { type: _, ...first } = await there(sent)
    const { type: __, ...second } = await here(sent)
    expect(second).toEqual(first)
    expect(await namesIn(id)).toEqual(['first', 'second'])
  })

  test('many times at once is recorded once', async () => {
    const sent = request(randomUUID(), make('first'))
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? here : there)(sent)))
    expect(new Set(outcomes.map((outcome) => 'position' in outcome && outcome.position)).size).toBe(1)
    expect(await namesIn(sent.id)).toEqual(['first'])
  })

  test('with something else in it is a reused key, wherever it is sent', async () => {
    const id = await newShelf()
    const { context } = request(id, rename('second'))
    await there({ id, command: rename('second'), context })
    const reused = { id, command: rename('other'), context: { ...context, bodyHash: 'b' } }
    expect(await here(reused)).toEqual({ type: 'key-reused' })
    expect(await there(reused)).toEqual({ type: 'key-reused' })
    expect(await namesIn(id)).toEqual(['first', 'second'])
  })
})

describe('a claim', () => {
  const claim = claimer('00'.repeat(32))
  const claimed = (id: string, value: string, more: More = {}) =>
    request(id, make(value), { claims: [claim(contextOf().tenantId, 'shelf', [value])], ...more })

  test('is taken with the fact, or both are refused and the holder is named', async () => {
    const [id, other, value] = [randomUUID(), randomUUID(), randomUUID()]
    const sent = claimed(id, value)
    expect(await here(sent)).toMatchObject({ type: 'recorded' })
    const refusal = { refusal: 'value-taken', kind: 'shelf', holder: id }
    expect(await there(claimed(other, value))).toMatchObject({ type: 'refused', refusal })
    expect(await namesIn(other)).toEqual([])
    expect(await here(sent)).toMatchObject({ type: 'repeated', revision: 0 })
    expect(await there(sent)).toMatchObject({ revision: 0 })
  })

  test('names its holder to those who may see it, and to nobody else', async () => {
    const [id, value, stranger] = [randomUUID(), randomUUID(), ClientId.parse(randomUUID())]
    await here(claimed(id, value))
    const { context, claims } = claimed(id, value, { clientIds: [stranger] })
    const theirs = await here({ id: randomUUID(), command: make(value, stranger), context, claims })
    expect(theirs).toMatchObject({ type: 'refused', refusal: { refusal: 'value-taken', kind: 'shelf' } })
    expect(JSON.stringify(theirs)).not.toContain(id)
    expect(await there(claimed(randomUUID(), value, { clientIds: [stranger, clientId] }))).toMatchObject({
      refusal: { holder: id },
    })
  })

  test('of many at once is taken by one', async () => {
    const value = randomUUID()
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, n) => (n % 2 ? here : there)(claimed(randomUUID(), value))),
    )
    expect(outcomes.filter(({ type }) => type === 'recorded')).toHaveLength(1)
    expect(outcomes.filter(({ type }) => type === 'refused')).toHaveLength(7)
  })

  test('leaves the answer as it is when the command is repeated elsewhere', async () => {
    const sent = claimed(randomUUID(), randomUUID())
    const { type: _, ...answer } = await here(sent)
    // Somebody who knows nothing of it, and somebody who has read it.
    const { type: appended, ...again } = await there(sent)
    const reader = commandHandler({ store: used.store, decider: shelf })
    await reader(request(sent.id, rename('second')))
    const { type: found, ...later } = await reader(sent)
    expect([appended, found]).toEqual(['recorded', 'repeated'])
    expect([again, later]).toEqual([answer, answer])
  })

  test('that is let go of is free for another, and back and forth, each together with its fact', async () => {
    const [one, other, first, second] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
    const of = (value: string) => claim(contextOf().tenantId, 'shelf', [value])
    await here(claimed(one, first))
    const move = { claims: [of(second)], releases: [of(first)] }
    expect(await there(claimed(other, first))).toMatchObject({ type: 'refused' })
    const moved = request(one, rename('moved'), move)
    expect(await here(moved)).toMatchObject({ type: 'recorded' })
    expect(await there(moved)).toMatchObject({ revision: 1 })
    expect(await there(claimed(other, first))).toMatchObject({ type: 'recorded' })
    // What another holds is not let go of, and nothing moves to what is held.
    expect(await here(claimed(randomUUID(), second))).toMatchObject({ refusal: { holder: one } })
    const back = request(one, rename('back'), { claims: [of(first)], releases: [of(second)] })
    expect(await here(back)).toMatchObject({ refusal: { holder: other } })
    await there(request(other, rename('away'), { releases: [of(first), of(second)] }))
    expect(await standingOf(used.store, of(second))).toMatchObject({ holder: one })
    expect(await here(back)).toMatchObject({ type: 'recorded' })
    expect(await namesIn(one)).toEqual([first, 'moved', 'back'])
    expect(await standingOf(used.store, of(first))).toMatchObject({ holder: one, revision: 4 })
  })

  test('that is free again is taken by one of many', async () => {
    const [id, value] = [randomUUID(), randomUUID()]
    const own = claim(contextOf().tenantId, 'shelf', [value])
    await here(claimed(id, value))
    const { context } = request(id, rename('x'))
    for (const holder of [randomUUID(), id, id]) await releaseClaim(used.store, context, clientId, own, holder)
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, n) => (n % 2 ? here : there)(claimed(randomUUID(), value))),
    )
    expect(outcomes.filter(({ type }) => type === 'recorded')).toHaveLength(1)
    expect(outcomes.filter(({ type }) => type === 'refused')).toHaveLength(7)
  })

  test('does not hide a reused key', async () => {
    const [id, value] = [randomUUID(), randomUUID()]
    const sent = claimed(id, value)
    await here(sent)
    const reused = { ...sent, command: make('other'), context: { ...sent.context, bodyHash: 'b' } }
    expect(await there(reused)).toEqual({ type: 'key-reused' })
  })
})

describe('streams', () => {
  test('of another client look as if they were not there', async () => {
    const id = await newShelf()
    const stranger = ClientId.parse(randomUUID())
    expect(await here(request(id, rename('x'), { clientIds: [stranger] }))).toEqual(
      await here(request(randomUUID(), rename('x'), { clientIds: [stranger] })),
    )
    expect(await here(request(id, rename('x'), { clientIds: [stranger, clientId] }))).toMatchObject({
      type: 'recorded',
    })
  })

  test('hold no more events than can be read in a moment, and say so', async () => {
    const id = await newShelf('0')
    const names = Array.from({ length: 500 }, (_, n) => `${n + 1}`)
    for (const size of [500, 500, 500, 499]) {
      expect(await here(request(id, rename(...names.slice(0, size))))).toMatchObject({ type: 'recorded' })
    }
    for (const handle of [here, commandHandler({ store: used.store, decider: shelf })]) {
      const refusal = { refusal: 'stream-full', detail: expect.stringContaining(`${maxEventsOfStream}`) }
      expect(await handle(request(id, rename('more')))).toMatchObject({ type: 'refused', refusal })
    }
  })
})
