import { parseToken, partitioner } from '@bizosaas/kafka'
import { TenantId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import { tokensAsOfNow } from './seen.ts'

const tenantId = TenantId.parse('51daff89-85a1-55f2-85a6-950b56389445')
const adAccountId = '0198c0de-0000-4000-8000-000000000001'
const tokens = (partitions: number, generation: string) => [
  `events.${generation}.${partitioner(partitions)(tenantId)}.700`,
  `observations.${generation}.${partitioner(partitions)(adAccountId)}.900`,
]

test('in the generation that they were made in, tokens stay as they are', () => {
  const settings = { TOPIC_GENERATION: 'g1', TOPIC_PARTITIONS: 12 }
  expect(tokensAsOfNow({ adAccountId, consistencyTokens: tokens(12, 'g1') }, tenantId, settings)).toEqual(
    tokens(12, 'g1'),
  )
})

test('in another generation, with other partitions, they name the same positions where these are now', () => {
  const settings = { TOPIC_GENERATION: 'g2', TOPIC_PARTITIONS: 5 }
  const now = tokensAsOfNow({ adAccountId, consistencyTokens: tokens(12, 'g1') }, tenantId, settings)
  expect(now).toEqual(tokens(5, 'g2'))
  expect(now.map((token) => parseToken(token)?.position)).toEqual([700, 900])
})
