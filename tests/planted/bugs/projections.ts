import type { Bug } from '../bug.ts'

/** Between Kafka and the rows. */
export const projectionBugs: readonly Bug[] = [
  {
    name: 'last-record-applied-again',
    breaks: 'a record at the last position is taken for a new one: < in the place of <=',
    edits: [
      {
        file: 'projections/runner/sequence.ts',
        from: 'if (record.position <= high)',
        to: 'if (record.position < high)',
      },
    ],
    specs: ['projections/runner/sequence.spec.ts'],
    tests: 'applies every record once',
  },
  {
    name: 'gaps-unnoticed',
    breaks: 'a record is applied although the one before it is missing',
    edits: [
      {
        file: 'projections/runner/sequence.ts',
        from: '} else if (record.prev === high) {',
        to: '} else if (record.prev <= record.position) {',
      },
    ],
    specs: ['projections/runner/sequence.spec.ts'],
    tests: 'stops before the first missing record',
  },
  {
    name: 'passed-over-forgotten',
    breaks: 'events that did not concern the model are forgotten when one comes that does',
    edits: [
      {
        file: 'projections/runner/passed-over.ts',
        from: 'return [...before, ...batch]',
        to: 'return batch',
      },
    ],
    specs: ['projections/runner/passed-over.int.spec.ts'],
    tests: 'move its checkpoint with the next one that does',
  },
  {
    name: 'hole-taken-for-loss',
    breaks:
      'a batch from beyond the checkpoint that was fetched before it was asked for again halts the partition as if records were lost',
    edits: [
      {
        file: 'projections/runner/passed-over.ts',
        from: 'const isHole = first > from.offset + 1 &&',
        to: 'const isHole = first < 0 &&',
      },
    ],
    specs: ['projections/runner/passed-over.int.spec.ts'],
    tests: 'a batch from beyond them',
  },
  {
    name: 'rows-of-a-lost-step',
    breaks:
      'of steps that are taken together, rows are written where any checkpoint of them moved, and not only their own',
    edits: [
      {
        file: 'projections/runner/postgres-sink.ts',
        from: 'JOIN moved USING (n)',
        to: 'JOIN (SELECT count(*) FROM moved HAVING count(*) > 0) AS some ON true',
      },
    ],
    specs: ['projections/runner/together.int.spec.ts'],
    tests: 'another runner has moved writes nothing',
  },
  {
    name: 'parked-alone',
    breaks: 'events of a stream are applied although an earlier one of it could not be',
    edits: [
      {
        file: 'projections/runner/unparked.ts',
        from: 'poisoned.add(record.stream)',
        to: '',
      },
    ],
    specs: ['projections/runner/fold.spec.ts'],
    tests: 'parks what follows behind it',
  },
  {
    name: 'checkpoint-before-rows',
    breaks: 'the checkpoint moves before ClickHouse has acknowledged the rows',
    edits: [
      {
        file: 'projections/runner/clickhouse-sink.ts',
        from: '    await insert(steps.flatMap(({ outcome }) => outcome.written))\n',
        to: '',
      },
      {
        file: 'projections/runner/clickhouse-sink.ts',
        from: '    return takeSteps(postgres, moves, statement === moveCheckpoints ? notingWithBatch : noting(statement), values)\n',
        to: '    const taken = await takeSteps(postgres, moves, statement === moveCheckpoints ? notingWithBatch : noting(statement), values)\n    await insert(steps.flatMap(({ outcome }) => outcome.written))\n    return taken\n',
      },
    ],
    specs: ['projections/runner/clickhouse-sink.int.spec.ts'],
    tests: 'leaves the checkpoint where it is',
  },
  {
    name: 'checkpoint-outside-transaction',
    breaks: 'rows are written in one transaction, and the checkpoint moves in another',
    edits: [
      {
        file: 'projections/runner/postgres-sink.ts',
        from: '    const rows = [...written, ',
        to: "    if (rowsOf('written').length > 0) await postgres.query(justRows, written)\n    const rows = [...written, ",
      },
    ],
    specs: ['projections/runner/postgres-sink.int.spec.ts'],
    tests: 'two runners',
  },
  {
    name: 'checkpoint-not-compared',
    breaks: 'a second runner moves a checkpoint that is not where it believes',
    edits: [
      {
        file: 'projections/runner/move.ts',
        from: 'AND c.position = s.position AND c.record_offset = s.record_offset',
        to: 'AND c.position <= greatest(s.position, s.to_position) AND c.record_offset <= greatest(s.record_offset, s.to_offset)',
      },
    ],
    specs: ['projections/runner/postgres-sink.int.spec.ts'],
    tests: 'two runners',
  },
  {
    name: 'row-key-without-ordinal',
    breaks: 'rows of one event that differ only in what they are about replace each other',
    edits: [
      {
        file: 'projections/analytics/ad-metrics/table.sql',
        from: 'platform_campaign_id, row_key, position, ordinal)',
        to: 'platform_campaign_id, position)',
      },
    ],
    specs: ['projections/runner/clickhouse-sink.int.spec.ts'],
    tests: 'keeps every reading',
  },
  {
    name: 'rows-that-nobody-notes',
    breaks: 'figures come to a tenant that has some already, and what was summed up before is still answered',
    edits: [
      {
        file: 'projections/runner/clickhouse-sink.ts',
        from: 'DO UPDATE SET change = excluded.change',
        to: 'DO NOTHING',
      },
    ],
    specs: ['query-api/analytics/remembered-metrics.int.spec.ts'],
    tests: 'anew when they change',
  },
]
