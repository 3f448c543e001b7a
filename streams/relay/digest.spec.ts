import type { EncodedRecord } from '@bizosaas/kafka'
import { describe, expect, test } from '@jest/globals'
import { chainAfter, type Digests, noChain, windowDigest } from './digest.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** Position 7, nothing before it. */
const first: EncodedRecord = {
  key: 'campaign-a.1',
  value: bytes('00 00000009 6176726f'),
  headers: {
    event: bytes('0000000000000007 ffffffffffffffff 0000000000000000 00112233445566778899aabbccddeeff 01 6d657461'),
  },
}

/** Position 2^40 + 5, after 7. */
const second: EncodedRecord = {
  key: 'büdget-a.1',
  value: bytes('00 0000000a'),
  headers: { event: bytes('0000010000000005 0000000000000007 0000000000000001 ffeeddccbbaa99887766554433221100') },
}

const both = 'ab1a03b9f43c071644023f4adc3e268475648eaa59533f4574b2d4ae66576812'
const firstAlone = '089b0731532cdb12ab4694469dd444f19c459404e80d5aa418725ba2702f0a7c'

const digests = (): Digests => {
  const window = windowDigest()
  window.add('observations', 300, first)
  window.add('events', 11, first)
  window.add('events', 2, first)
  window.add('events', 2, second)
  return window.end()
}

// The expected values come from another implementation, written by the description at the top of digest.ts alone.
describe('What the ledger says of a window', () => {
  test('is one digest for each partition that has a record in it', () => {
    expect(digests()).toEqual({ events: { 2: both, 11: firstAlone }, observations: { 300: firstAlone } })
    expect(windowDigest().end()).toEqual({ events: {}, observations: {} })
  })

  test('is chained to the window before', () => {
    const chain = chainAfter(noChain, 2 ** 40 + 5, digests())
    expect(chain.toString('hex')).toBe('750fce957e01328b59af80d6a3fde22e8a2f1f43c5b5648c1e9af331ced9410f')
    const next = chainAfter(chain, 2 ** 40 + 6, { events: {}, observations: {} })
    expect(next.toString('hex')).toBe('8bdeab2d3db70fb65e7868098e3bafa73f1b62e24a220e7bee55ef1531d6df18')
  })
})
