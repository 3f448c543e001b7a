import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Progress, Shown, Verification } from './api.ts'
import { differencesInWords, inWords, outcomeInWords, progressLine, verificationInWords } from './wording.ts'

const progress: Progress = {
  events: { done: 610_000, todo: 390_000 },
  eventsPerSecond: 51_234,
  rowsPerSecond: 20_000,
  secondsLeft: 8,
  parked: 0,
  halted: [],
}
const verification: Verification = {
  id: 'v',
  against: 1,
  difference: null,
  columnsOnlyOld: [],
  columnsOnlyNew: [],
  yours: { rowsOld: 9, rowsNew: 9, onlyOld: 0, onlyNew: 0, changed: 0 },
  stoodStillMs: 5,
}
const shown: Shown = {
  id: 'i',
  model: 'campaign-list',
  version: 2,
  state: 'building',
  by: 'olga',
  reason: 'names in capitals',
  orderedAt: 'then',
  startedAt: 'then',
  builtAt: null,
  progress,
  verification: null,
  orders: [],
}

describe('an operator reads', () => {
  test('how far it is, how fast, and for how long', () => {
    expect(progressLine(shown)).toBe(
      'campaign-list v2  ██████████████████░░░░░░░░░░░░  61 %   610,000 events   51,234 events/s   20,000 rows/s   0:08 left',
    )
    const bad = { ...progress, eventsPerSecond: null, parked: 3, halted: [{ topic: 't', partition: 1, reason: 'gap' }] }
    expect(progressLine({ ...shown, state: 'paused', progress: bad })).toMatch(
      /paused {3}3 parked {3}halted in t\[1\] gap$/,
    )
    expect(progressLine({ ...shown, state: 'ordered', progress: null })).toBe('campaign-list: ordered')
  })

  test('a bar of one length, however far it is', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (done, todo) => {
        const line = progressLine({ ...shown, progress: { ...progress, events: { done, todo } } })
        expect(line).toMatch(/^campaign-list v2 {2}[█░]{30} [ \d]{3} % /)
      }),
    )
  })

  test('whether it says the same, and if not, what there is to do', () => {
    expect(verificationInWords({ ...shown, verification })).toBe(
      'Version 2 of campaign-list is built and equal to version 1: 9 rows.',
    )
    const ofAll = { rowsOld: 9, rowsNew: 8, onlyOld: 1, onlyNew: 0, changed: 2 }
    const differs = { ...verification, difference: 'ab', columnsOnlyNew: ['colour'], ofAll }
    const words = verificationInWords({ ...shown, verification: differs })
    for (const part of ['2 rows changed, 1 only before', 'only now: colour', '--accept-diff ab'])
      expect(words).toContain(part)
    expect(verificationInWords({ ...shown, verification: { ...verification, against: null } })).toContain('no other')
    expect(verificationInWords(shown)).toContain('not compared yet')
  })

  test('each row that differs, with the events that made it', () => {
    const made = {
      key: { tenant_id: 't', id: 'c' },
      stream: 'campaign-t.c',
      revision: 3,
      eventId: null,
      position: null,
    }
    const cells = { name: { old: 'a', new: 'A' }, state: { old: 'draft' } }
    expect(differencesInWords([{ kind: 'changed', cells, ...made }])).toBe(
      'c  changed  by campaign-t.c, up to revision 3\n    name: "a" → "A"\n    state: "draft"',
    )
    expect(differencesInWords([{ kind: 'onlyNew', cells: {}, ...made, stream: null, position: 7 }])).toContain(
      'only now  by event at 7',
    )
    expect(differencesInWords([])).toBe('No row of this tenant differs.')
  })

  test('what was ordered, and what came of it', () => {
    expect(inWords([shown], 'campaign-list')).toBe('i  v2  building, ordered then by olga ("names in capitals")')
    const foreign = { ...shown, version: null, by: null, reason: null }
    expect(inWords([foreign], 'campaign-list')).toBe('i  -  building, ordered then')
    expect(inWords([], 'campaign-list')).toBe('campaign-list was never rebuilt.')
    const order = { orderId: 'o', kind: 'pause', outcome: 'done', detail: null } as const
    expect(outcomeInWords(order)).toBe('pause: done.')
    expect(outcomeInWords({ ...order, outcome: 'refused', detail: 'No.' })).toContain('nothing changed: No.')
  })
})
