import type { StoredEvent } from '@bizosaas/event-store'
import { expect, test } from '@jest/globals'
import { forbiddenChangeOf } from './guard.ts'

const event = (stream: string, type: string, data: object | string): StoredEvent => ({
  stream,
  type,
  bytes: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)),
  revision: 0,
  position: 7,
  id: '',
  metadata: {},
})

const campaign = 'campaign-b1205aa5-c0de-4e5d-8a7c-3f6d2e9b4a10.1'

test.each([
  ['a deletion', event(`$$${campaign}`, '$metadata', '{"$tb":9223372036854775807}'), 'deleted'],
  ['a tombstone', event(campaign, '$streamDeleted', ''), 'tombstoned'],
  ['a greatest age', event(`$$${campaign}`, '$metadata', { $maxAge: 60 }), '$maxAge'],
  ['a greatest count', event(`$$${campaign}`, '$metadata', { $maxCount: 1 }), '$maxCount'],
  ['a new beginning', event(`$$${campaign}`, '$metadata', { $tb: 5 }), '$tb'],
])('%s of a domain stream is forbidden', (_, forbidden, change) => {
  expect(forbiddenChangeOf(forbidden)).toEqual({ stream: campaign, change, position: 7 })
})

test.each([
  ['an event', event(campaign, 'CampaignRenamed', { $maxCount: 1 })],
  ['an access list', event(`$$${campaign}`, '$metadata', { $acl: { $r: 'ops' } })],
  ['a retention of a stream of the store itself', event('$$$stats-0', '$metadata', { $maxAge: 60 })],
  ['metadata that cannot be read', event(`$$${campaign}`, '$metadata', 'no json')],
])('%s is none of the guard’s business', (_, harmless) => {
  expect(forbiddenChangeOf(harmless)).toBeNull()
})
