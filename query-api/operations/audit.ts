/** Is everything that was recorded still there, everywhere? What the auditor (streams/audit) has written down. */
import { liveGeneration, type Postgres } from '@bizosaas/databases'
import { get, Instant as InstantSchema, isAllowed, type Route } from '@bizosaas/http'
import type { Instant } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { ledgerHead } from '../ledger.ts'

const Position = Type.Integer({ description: 'Place in the history of everything' })

const Finding = Type.Object(
  {
    kind: Type.Enum(
      ['missing-in-kafka', 'missing-in-store', 'extra-in-kafka', 'other-bytes', 'ledger-differs', 'chain-broken'],
      { description: 'What differs first' },
    ),
    after: Position,
    upTo: Position,
    partition: Type.Optional(
      Type.Union([Type.Object({ topic: Type.String(), number: Type.Integer() }), Type.Null()], {
        description: 'For operators only',
      }),
    ),
    event: Type.Optional(
      Type.Union([Type.Object({ position: Position, id: Type.String() }), Type.Null()], {
        description: 'For operators only',
      }),
    ),
    detail: Type.Optional(Type.String({ description: 'For operators only' })),
  },
  { description: 'Between these positions event store, Kafka and ledger do not agree' },
)

const AuditState = Type.Object({
  agreed: Type.Union([Type.Object({ position: Position, at: InstantSchema }), Type.Null()], {
    description: 'Up to here event store, Kafka and ledger agree, as of then; null while nothing was audited',
  }),
  published: Type.Union([Type.Object({ position: Position, instant: InstantSchema }), Type.Null()], {
    description: 'How far the relay is; what lies between is still to be audited',
  }),
  finding: Type.Union([Finding, Type.Null()]),
})

type ProgressRow = { readonly position: number; readonly finding: Found | null; readonly audited_at: Instant }

/** As the auditor writes it. */
type Found = {
  readonly kind: (typeof Finding.properties.kind.enum)[number]
  readonly window: { readonly seq: number; readonly after: number; readonly upTo: number }
  readonly partition: { readonly topic: string; readonly number: number } | null
  readonly event: { readonly position: number; readonly id: string } | null
  readonly detail: string
}

/** @param first the generation of topics at which the line begins whose end is live */
export const auditRoutes = (postgres: Postgres, first: string): Route[] => [
  get('/v1/audit', {
    may: 'projection:read',
    summary: 'Read up to where event store, Kafka and ledger agree',
    answer: AuditState,
    run: ({ principal }) =>
      postgres.asTenant(principal, async (tx) => {
        const generation = await liveGeneration(tx, first)
        const head = await ledgerHead(tx, generation)
        const [progress] = await tx.query<ProgressRow>(
          'SELECT position, finding, audited_at FROM audit.progress WHERE generation = $1',
          [generation],
        )
        const seesAll = isAllowed(principal, 'system:read')
        return {
          agreed: progress && progress.position >= 0 ? { position: progress.position, at: progress.audited_at } : null,
          published: head && { position: head.position, instant: head.instant },
          finding: progress?.finding ? shown(progress.finding, seesAll) : null,
        }
      }),
  }),
]

/** Which event it is concerns its tenant alone; that something is wrong concerns everyone. */
const shown = ({ kind, window: { after, upTo }, partition, event, detail }: Found, seesAll: boolean) => ({
  kind,
  after,
  upTo,
  ...(seesAll && { partition, event, detail }),
})
