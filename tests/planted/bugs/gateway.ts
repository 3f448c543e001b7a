import type { Bug } from '../bug.ts'

/** Between clients and services. */
export const gatewayBugs: readonly Bug[] = [
  {
    name: 'framing-taken-away',
    breaks: 'a client can have the length of its body removed, so that the service reads the body as another request',
    edits: [
      {
        file: 'gateway/answer.ts',
        from: 'for (const name of named) if (!framing.has(name)) delete headers[name]',
        to: 'for (const name of named) delete headers[name]',
      },
    ],
    specs: ['gateway/forwarding.spec.ts'],
    tests: 'what frames it cannot be taken from it',
  },
  {
    name: 'share-beyond-the-limit',
    breaks: 'the last share of a limit is as large as the others, whatever is left',
    edits: [
      {
        file: 'gateway/limits/shares.ts',
        from: 'Math.max(0, Math.min(atOnce, most + atOnce - counted))',
        to: 'counted - atOnce < most ? atOnce : 0',
      },
    ],
    specs: ['gateway/limits/limits.int.spec.ts'],
    tests: 'to the last request',
  },
  {
    name: 'request-in-a-body',
    breaks: 'a DELETE with a body in chunks is passed on, and its body is read as the next request',
    edits: [
      {
        file: 'gateway/body.ts',
        from: "!['POST', 'PUT', 'PATCH'].includes(method ?? '')",
        to: "!['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET'].includes(method ?? '')",
      },
    ],
    specs: ['gateway/forwarding.spec.ts'],
    tests: 'hides no second one in its body',
  },
  {
    name: 'sent-twice',
    breaks: 'a request that an instance may have carried out is sent to another one',
    edits: [
      {
        file: 'gateway/forward.ts',
        from: "(error.what === 'refused' || error.what === 'stale')",
        to: "error.what !== 'late'",
      },
    ],
    specs: ['gateway/instances.spec.ts'],
    tests: 'one that was sent is not repeated',
  },
  {
    name: 'dots-resolved-behind',
    breaks: 'a path that leads elsewhere once its dots are resolved is counted and published as what it looks like',
    edits: [{ file: 'gateway/route-table.ts', from: 'if (misleading.test(path))', to: 'if (path === "")' }],
    specs: ['gateway/forwarding.spec.ts'],
    tests: 'one that only looks like another',
  },
]
