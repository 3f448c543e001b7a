import { ClientId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import type { CommandContext } from './command.ts'
import type { Folded, Recorded } from './folded-streams.ts'
import { judge, maxEventsOfStream } from './judge.ts'
import { clientId, contextOf, make, rename, type Shelf, type ShelfCommand, shelf } from './testing/shelf.ts'

const stranger = ClientId.parse('019ab000-0000-4000-8000-0000000000cc')
const recorded: Recorded = { bodyHash: 'a', firstRevision: 0, lastRevision: 0, position: 7 }
const nothing: Folded<Shelf> = { revision: -1, position: -1, state: shelf.initial, commands: new Map(), bytes: 0 }
const there: Folded<Shelf> = {
  ...nothing,
  revision: 4,
  position: 7,
  state: { clientId, name: 'old' },
  commands: new Map([['first', recorded]]),
}

const verdict = (
  folded: Folded<Shelf>,
  command: ShelfCommand,
  { ifMatch = null, ...context }: Partial<CommandContext> & { ifMatch?: number | null } = {},
) => judge(shelf, folded, { id: 'x', command, context: contextOf(context), ifMatch })

describe('a command that was carried out before', () => {
  test('is a repeat, whatever holds now and whatever revision it names', () => {
    expect(verdict(there, rename('new'), { commandId: 'first', ifMatch: 0 })).toEqual({
      type: 'repeated',
      first: recorded,
    })
  })

  test('is a reused key if something else came with it', () => {
    expect(verdict(there, rename('new'), { commandId: 'first', bodyHash: 'b' })).toEqual({ type: 'key-reused' })
  })
})

describe('If-Match', () => {
  test('is met by the revision of the last event', () => {
    expect(verdict(there, rename('new'), { ifMatch: 4 })).toMatchObject({ type: 'append' })
  })

  test.each([
    ['something to do', rename('new')],
    ['nothing to do', rename('old')],
  ])('with another revision is stale, with %s', (_, command) => {
    expect(verdict(there, command, { ifMatch: 3 })).toEqual({ type: 'stale', expected: 3, actual: 4 })
  })

  test('is stale before the decider refuses', () => {
    const locked = { ...there, state: { clientId, name: 'locked' } }
    expect(verdict(locked, rename('new'), { ifMatch: 3 })).toMatchObject({ type: 'stale' })
    expect(verdict(locked, rename('new'), { ifMatch: 4 })).toMatchObject({
      type: 'refused',
      refusal: { refusal: 'locked' },
    })
  })

  test('of what is not there tells that it is not there', () => {
    expect(verdict(nothing, rename('new'), { ifMatch: 3 })).toMatchObject({ refusal: { refusal: 'not-found' } })
  })
})

describe('a sender of one client', () => {
  test('acts for that client', () => {
    expect(verdict(there, rename('new'), { clientIds: [stranger, clientId] })).toMatchObject({
      type: 'append',
      state: { name: 'new' },
    })
    expect(verdict(nothing, make('new'), { clientIds: [clientId] })).toMatchObject({ type: 'append' })
  })

  test('does not learn that something of another client is there', () => {
    const toStranger = verdict(there, rename('new'), { clientIds: [stranger], ifMatch: 3 })
    const ofNothing = verdict(nothing, rename('new'), { clientIds: [stranger], ifMatch: 3 })
    expect(toStranger).toEqual(ofNothing)
  })

  test('cannot make anything for another client, nor in the place of something of it', () => {
    expect(verdict(nothing, make('new'), { clientIds: [stranger] })).toMatchObject({
      refusal: { refusal: 'forbidden' },
    })
    expect(verdict(there, make('new', stranger), { clientIds: [stranger] })).toMatchObject({
      refusal: { refusal: 'forbidden' },
    })
  })
})

describe('what is appended', () => {
  test('comes with the state that follows', () => {
    const { type, events, state } = verdict(there, rename('a', 'b')) as never
    expect({ type, events, state }).toMatchObject({
      type: 'append',
      events: [{ data: { name: 'a' } }, { data: { name: 'b' } }],
      state: { name: 'b' },
    })
  })

  test('fits into its stream', () => {
    const almostFull = { ...there, revision: maxEventsOfStream - 2 }
    expect(verdict(almostFull, rename('a'))).toMatchObject({ type: 'append' })
    expect(verdict(almostFull, rename('a', 'b'))).toMatchObject({
      type: 'refused',
      refusal: { refusal: 'stream-full' },
    })
  })

  test('is what the schema says', () => {
    expect(() => verdict(there, rename(7 as never))).toThrow('CampaignRenamed.name must be a string, not 7.')
  })

  test('is nothing if nothing changes', () => {
    expect(verdict(there, rename('old'))).toEqual({ type: 'unchanged' })
  })
})
