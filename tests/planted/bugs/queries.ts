import type { Bug } from '../bug.ts'

/** Between the rows and the answer. */
export const queryBugs: readonly Bug[] = [
  {
    name: 'token-compared-the-wrong-way',
    breaks: 'an answer does not wait for what its sender has just recorded',
    edits: [
      {
        file: 'query-api/standing.ts',
        from: '?? nothingBefore) >= token.position',
        to: '?? nothingBefore) <= token.position',
      },
    ],
    specs: ['query-api/standing.spec.ts'],
    tests: 'What models have applied',
  },
  {
    name: 'as-of-off-by-one',
    breaks: 'what was recorded at the very instant is not in the answer as of that instant',
    edits: [
      {
        file: 'query-api/ledger.ts',
        from: 'WHERE generation = $1 AND instant <= $2',
        to: 'WHERE generation = $1 AND instant < $2',
      },
    ],
    specs: ['query-api/ledger.int.spec.ts'],
    tests: 'names the last row at an instant',
  },
  {
    name: 'rows-of-every-tenant',
    breaks: 'row-level security lets a session see rows of other tenants',
    edits: [
      {
        file: 'projections/runner/protect-table.sql',
        from: '  tenant_id = read_model.current_tenant()\n  AND CASE',
        to: '  CASE',
      },
    ],
    specs: ['projections/runner/tables.int.spec.ts'],
    tests: 'sees its rows',
  },
]
