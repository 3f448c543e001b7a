/** Whether a version says what the version says that serves, and if not, in which rows: see projections/rebuild/verify. */
import type { Queryable } from '@bizosaas/databases'
import { Instant, Uuid } from '@bizosaas/http'
import { type Static, Type } from 'typebox'
import { Nullable } from '../../nullable.ts'

const counts = {
  rowsOld: Type.Integer({ description: 'Of the version that serves' }),
  rowsNew: Type.Integer({ description: 'Of the version that was built' }),
  onlyOld: Type.Integer({ description: 'Rows that only the version has that serves' }),
  onlyNew: Type.Integer(),
  changed: Type.Integer({ description: 'Rows that both have, with other values' }),
}

export const Verification = Type.Object(
  {
    id: Uuid,
    against: Nullable(
      Type.Integer({ description: 'The version that served; null when there was none to compare with' }),
    ),
    difference: Nullable(Type.String({ description: 'Digest of all that differs; null when nothing does' })),
    columnsOnlyOld: Type.Array(Type.String()),
    columnsOnlyNew: Type.Array(Type.String()),
    yours: Nullable(
      Type.Object({ ...counts, digestOld: Type.String(), digestNew: Type.String() }, { description: 'Of your tenant' }),
    ),
    ofAll: Type.Optional(Type.Object(counts, { description: 'Of all tenants. For operators only' })),
    stoodStillMs: Type.Integer({
      description: 'For so long the version that serves was not kept up to date meanwhile',
    }),
    at: Instant,
  },
  { title: 'Verification' },
)
type Verification = Static<typeof Verification>

export const DifferingRow = Type.Object(
  {
    kind: Type.Enum(['onlyOld', 'onlyNew', 'changed']),
    key: Type.Unknown({ description: 'The columns that tell the row apart' }),
    cells: Type.Unknown({
      description: 'By column, `old` and `new`; those that differ, or all of a row that one side has',
    }),
    stream: Nullable(Type.String({ description: 'Whose events, up to `revision`, made the row' })),
    revision: Nullable(Type.Integer()),
    eventId: Nullable(Uuid),
    position: Nullable(Type.Integer()),
  },
  { title: 'DifferingRow' },
)

interface VerificationRow {
  readonly verification_id: string
  readonly against: number | null
  readonly difference: string | null
  readonly columns_only_old: string[]
  readonly columns_only_new: string[]
  readonly stood_still_ms: number
  readonly verified_at: Verification['at']
  readonly ofAll: NonNullable<Verification['ofAll']>
  readonly yours: Verification['yours']
}

const countsOf = (row: string): string =>
  `'rowsOld', ${row}.rows_old, 'rowsNew', ${row}.rows_new, 'onlyOld', ${row}.only_old, 'onlyNew', ${row}.only_new, 'changed', ${row}.changed`

/** The last one of a version. */
export async function lastVerification(
  tx: Queryable,
  { model, version }: { readonly model: string; readonly version: number },
  seesAll: boolean,
): Promise<Verification | null> {
  const [row] = await tx.query<VerificationRow>(
    `SELECT v.*, json_build_object(${countsOf('v')}) AS "ofAll",
       CASE WHEN t.tenant_id IS NOT NULL
         THEN json_build_object(${countsOf('t')}, 'digestOld', t.digest_old, 'digestNew', t.digest_new) END AS yours
     FROM read_model.verification v LEFT JOIN read_model.verified_tenant t USING (verification_id)
     WHERE model = $1 AND version = $2 ORDER BY verified_at DESC LIMIT 1`,
    [model, version],
  )
  if (row === undefined) return null
  return {
    id: row.verification_id,
    against: row.against,
    difference: row.difference,
    columnsOnlyOld: row.columns_only_old,
    columnsOnlyNew: row.columns_only_new,
    yours: row.yours,
    ...(seesAll && { ofAll: row.ofAll }),
    stoodStillMs: row.stood_still_ms,
    at: row.verified_at,
  }
}

/** One's own rows that differ, in the order in which they are numbered. */
export function differingRows(
  tx: Queryable,
  verificationId: string,
  after: number,
  limit: number,
): Promise<(Static<typeof DifferingRow> & { readonly number: number })[]> {
  return tx.query(
    `SELECT number, kind, key, cells, stream, revision, event_id AS "eventId", position
     FROM read_model.difference WHERE verification_id = $1 AND number > $2 ORDER BY number LIMIT $3`,
    [verificationId, after, limit],
  )
}
