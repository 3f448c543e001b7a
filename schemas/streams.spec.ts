import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CampaignId, TenantId } from './ids.ts'
import { parseStreamName, streamName } from './streams.ts'
import { partitionKeyOf, topicName, topicOf } from './topics.ts'

const tenantId = TenantId.parse('01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e04')
const account = '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e01'

describe('an id', () => {
  test('has one spelling', () => {
    expect(CampaignId.parse('01989A3C-6F00-7CC1-9D6E-2B1F0C4D5E04')).toBe('01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e04')
  })

  test.each([['42'], [''], [null], [`${account} `], [`{${account}}`]])('%p is none', (text) => {
    expect(() => CampaignId.parse(text)).toThrow(`A campaign id is a UUID, not ${JSON.stringify(text)}.`)
  })
})

describe('a stream name', () => {
  test('says category, tenant and id', () => {
    expect(streamName('campaign', tenantId, 'a')).toBe(`campaign-${tenantId}.a`)
  })

  test('reads back what it was made of, whatever the id', () => {
    const anyCategory = fc.constantFrom('campaign', 'adAccount', 'adAccountDay', 'claim')
    fc.assert(
      fc.property(anyCategory, fc.uuid(), fc.string({ minLength: 1, unit: 'binary' }), (category, tenant, id) => {
        const name = { category, tenantId: TenantId.parse(tenant), id } as const
        expect(parseStreamName(streamName(name.category, name.tenantId, name.id))).toEqual(name)
      }),
    )
  })

  test.each([
    ['$settings'],
    ['$$campaign-x'],
    [`campaign-${tenantId}`],
    [`campaign-${tenantId}.`],
    ['campaign-42.a'],
    [''],
  ])('%p is not ours', (stream) => {
    expect(parseStreamName(stream)).toBeNull()
  })
})

describe('a topic', () => {
  test('follows from the category', () => {
    expect(topicOf('campaign')).toBe('events')
    expect(topicOf('claim')).toBe('events')
    expect(topicOf('adAccountDay')).toBe('observations')
    expect(topicName('events', 'g1')).toBe('events.g1')
  })

  test('is parted by tenant, and for observations by ad account', () => {
    expect(partitionKeyOf({ category: 'adAccount', tenantId, id: account })).toBe(tenantId)
    expect(partitionKeyOf({ category: 'adAccountDay', tenantId, id: `${account}:2026-01-31` })).toBe(account)
  })
})
