import type { Bug } from '../bug.ts'

/** Between one tenant, client or role and another. */
export const accessBugs: readonly Bug[] = [
  {
    name: 'answer-of-another-tenant',
    breaks: 'a handler that remembers its answers forgets whose they were',
    edits: [
      {
        file: 'query-api/campaigns/campaign-list.ts',
        from: 'type Sort = keyof typeof sorts\n',
        to: 'type Sort = keyof typeof sorts\nconst remembered = new Map()\n',
      },
      {
        file: 'query-api/campaigns/campaign-list.ts',
        from: '        const found = await read(request, [campaignList], async ({ tx, table }) => {\n',
        to: '        if (remembered.has(id)) return remembered.get(id)\n        const found = await read(request, [campaignList], async ({ tx, table }) => {\n',
      },
      {
        file: 'query-api/campaigns/campaign-list.ts',
        from: '        return request.query.version === undefined ?',
        to: '        remembered.set(id, found)\n        return request.query.version === undefined ?',
      },
    ],
    specs: ['tests/access/matrix.int.spec.ts'],
    tests: 'is seen by its agency|changed by another agency, in any role',
  },
  {
    name: 'rows-of-every-client',
    breaks: 'row-level security lets a session that is restricted to clients see those of others',
    edits: [
      {
        file: 'projections/runner/protect-table.sql',
        from: `  AND CASE WHEN (SELECT read_model.current_clients()) IS NULL THEN true
      ELSE client_id = ANY ((SELECT read_model.current_clients())::uuid[]) END
`,
        to: '',
      },
    ],
    specs: ['projections/runner/tables.int.spec.ts'],
    tests: 'sees its rows',
  },
  {
    name: 'view-without-a-filter',
    breaks: 'the view that questions of figures go through gives the rows of every tenant',
    edits: [
      {
        file: 'projections/runner/scope-view.sql',
        from: 'WHERE tenant_id = {tenant: UUID} AND',
        to: 'WHERE tenant_id IS NOT NULL AND {tenant: UUID} IS NOT NULL AND',
      },
    ],
    specs: ['query-api/analytics/tenancy.int.spec.ts'],
    tests: 'reads the figures of the tenant',
  },
  {
    name: 'commands-on-every-client',
    breaks: 'a token for one client commands what is of another one',
    edits: [
      {
        file: 'packages/event-store/judge.ts',
        from: 'clientIds === null || owner === null || clientIds.includes(owner)',
        to: 'true',
      },
    ],
    specs: ['tests/access/matrix.int.spec.ts'],
    tests: 'changed by another client of the agency',
  },
  {
    name: 'route-for-every-role',
    breaks: 'nobody asks whether the sender has the permission that a route needs',
    edits: [{ file: 'packages/http/handler.ts', from: '    requirePermission(principal, route.may)\n', to: '' }],
    specs: ['tests/access/matrix.int.spec.ts'],
    tests: 'a route answers the roles',
  },
]
