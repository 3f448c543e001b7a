import type { Bug } from '../bug.ts'

/** Between the event store and Kafka. */
export const relayBugs: readonly Bug[] = [
  {
    name: 'unreadable-skipped',
    breaks: 'an event that cannot be published as what it is is left out',
    edits: [
      {
        file: 'streams/relay/publishing.ts',
        from: 'add(open, event, publish(event))',
        to: 'const published = publish(event)\n        if (published.readable) add(open, event, published)',
      },
    ],
    specs: ['streams/relay/publishing.spec.ts'],
    tests: 'Publishing',
  },
  {
    name: 'relay-starts-one-late',
    breaks: 'the first event after what is in Kafka already is taken for sent',
    edits: [
      {
        file: 'streams/relay/publishing.ts',
        from: 'const isThere = position <= (',
        to: 'const isThere = prev <= (',
      },
    ],
    specs: ['streams/relay/publishing.spec.ts'],
    tests: 'leaves out what is in Kafka already',
  },
  {
    name: 'ledger-not-fenced',
    breaks: 'a relay that was replaced may still write the ledger',
    edits: [{ file: 'streams/relay/ledger.ts', from: 'AND epoch = $9 FOR SHARE', to: 'AND epoch >= $9 FOR SHARE' }],
    specs: ['streams/relay/ledger.int.spec.ts'],
    tests: 'The ledger',
  },
  {
    name: 'tails-not-scanned',
    breaks: 'a relay goes on from its ledger without looking what Kafka holds beyond that',
    edits: [
      {
        file: 'streams/relay/start-up.ts',
        from: 'const found = await scanFrom(parts, known)',
        to: 'const found = (await scanFrom(parts, known)) && new Map<string, Found>()',
      },
    ],
    specs: ['streams/relay/relay.int.spec.ts'],
    tests: 'finds its place in Kafka when the ledger was lost',
  },
  {
    name: 'digest-without-bytes',
    breaks: 'what the ledger says of a record does not depend on what the record says',
    edits: [{ file: 'streams/relay/digest.ts', from: '\n        .update(value)', to: '' }],
    specs: ['streams/relay/digest.spec.ts'],
    tests: 'What the ledger says of a window',
  },
]
