import { CampaignId, encode } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import { projections } from '../all.ts'
import { itemsOf, topicsOf } from './items.ts'
import { nameList } from './spec-support/name-list.ts'
import { partitionLog, uuid } from './spec-support/records.ts'

const projection = nameList()
const campaignId = CampaignId.parse(uuid('1', 1))
const renamed = () => partitionLog().add('CampaignRenamed', { campaignId, name: 'b' }, { id: campaignId })

describe('itemsOf', () => {
  test('reads what the projection handles and leaves the rest undecoded', () => {
    const garbage = { ...renamed(), type: 'CampaignSubmitted', bytes: Buffer.from('no Avro') }
    const [item, ...others] = itemsOf(projection, [renamed(), garbage])
    expect(item?.event).toMatchObject({ type: 'CampaignRenamed', data: { campaignId, name: 'b' }, position: 100 })
    expect(others).toEqual([])
  })

  test('keeps what cannot be read, with the reason', () => {
    const items = itemsOf(projection, [
      { ...renamed(), bytes: Buffer.from([255]) },
      { ...renamed(), metadata: null },
      { ...renamed(), version: 99 },
    ])
    expect(items.map(({ event }) => event)).toEqual([null, null, null])
    expect(items.map(({ error }) => error)).toEqual([
      expect.stringContaining('The bytes are no CampaignRenamed of version 1'),
      'Error: The metadata cannot be read.',
      expect.stringContaining('CampaignRenamed has no version 99 here'),
    ])
  })

  test('takes an Unreadable for the event that it stands for', () => {
    const unreadable = (type: string) => ({
      ...renamed(),
      type: 'Unreadable',
      metadata: null,
      bytes: encode('Unreadable', { type, bytes: Buffer.from('{').toString('base64'), error: 'no JSON' }),
    })
    const items = itemsOf(projection, [unreadable('CampaignRenamed'), unreadable('CampaignSubmitted')])
    expect(items.map(({ error }) => error)).toEqual(['CampaignRenamed could not be published: no JSON'])
  })
})

describe('topicsOf', () => {
  test('follows from the categories of the handled events', () => {
    expect(projections.map((each) => [each.name, ...topicsOf(each, 'g7')])).toEqual([
      ['campaign-list', 'events.g7'],
      ['campaign-timeline', 'events.g7'],
      ['ad-metrics', 'observations.g7'],
      ['parking-orders', 'events.g7'],
      ['rebuild-orders', 'events.g7'],
      ['route-policies', 'events.g7'],
      ['user-list', 'events.g7'],
      ['memberships', 'events.g7'],
      ['tenant-list', 'events.g7'],
      ['role-list', 'events.g7'],
      ['application-list', 'events.g7'],
      ['session-list', 'events.g7'],
      ['audit-trail', 'events.g7', 'observations.g7'],
    ])
  })
})
