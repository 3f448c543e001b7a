import { describe, expect, test } from '@jest/globals'
import type { Order, Shown } from './api.ts'
import { detailsInWords, inWords, outcomeInWords } from './wording.ts'

const place = { id: 'i', model: 'campaign-list', version: 1, stream: 'campaign-t.c' }
const event = { position: 42, revision: 3, type: 'CampaignPaused', eventId: 'e', recordedAt: null }
const order: Order = {
  orderId: 'o',
  kind: 'skip',
  position: 42,
  reason: 'made up',
  by: 'olga',
  at: 'now',
  outcome: 'refused',
  applied: 0,
  detail: 'The first is at 40.',
}

describe('an operator reads', () => {
  test('each parked stream with its first event, and why it is parked if that may be seen', () => {
    const listed = { ...place, ...event, since: 'then', behind: 2 }
    expect(inWords([listed])).toBe(
      'i  campaign-list v1\n  campaign-t.c\n  CampaignPaused at position 42, since then; 2 behind it',
    )
    expect(inWords([{ ...listed, error: 'Error: no such campaign.' }])).toContain('no such campaign')
    expect(inWords([])).toBe('Nothing is parked.')
  })

  test('the event, what waits behind it, and what was ordered', () => {
    const first = { ...event, error: 'Error: no.', stack: 'Error: no.\n  at handle', data: { name: 'x' } }
    const shown: Shown = { ...place, first, waiting: [{ ...event, position: 43 }], behind: 2, orders: [order] }
    const words = detailsInWords(shown)
    for (const part of ['at handle', '"name": "x"', '2 behind it:', '43  CampaignPaused', 'and 1 more', 'by olga'])
      expect(words).toContain(part)
    expect(detailsInWords({ ...shown, first: null, waiting: [], behind: 0 })).toContain('Nothing of it is parked')
  })

  test('what came of an order', () => {
    expect(outcomeInWords(order)).toBe('it does not fit, and nothing changed: The first is at 40.')
    expect(outcomeInWords({ ...order, outcome: 'applied', applied: 1 })).toBe(
      '1 event was applied, and nothing waits any more.',
    )
    expect(outcomeInWords({ ...order, outcome: 'parked', applied: 2, detail: null })).toContain('2 events were applied')
    expect(outcomeInWords({ ...order, outcome: 'pending' })).toBe('not carried out yet.')
  })
})
