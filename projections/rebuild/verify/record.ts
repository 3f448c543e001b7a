import type { Queryable } from '@bizosaas/databases'
import type { Compared } from './compared.ts'
import { digestOfDifference, type TenantDifference, type TenantRows } from './digest.ts'
import type { Vector } from './one-place.ts'

export type Verification = {
  readonly verificationId: string
  readonly model: string
  readonly version: number
  /** The version that served; null when there was none to compare with. */
  readonly against: number | null
  readonly rowsOld: number
  readonly rowsNew: number
  readonly onlyOld: number
  readonly onlyNew: number
  readonly changed: number
  readonly columnsOnlyOld: readonly string[]
  readonly columnsOnlyNew: readonly string[]
  /** Digest of all that differs; null when nothing does. */
  readonly difference: string | null
  readonly stoodStillMs: number
}

/** What was found in a database. The differing rows are stored already, under this id. */
export type Findings = {
  readonly verificationId: string
  readonly compared: Compared
  readonly old: readonly TenantRows[]
  readonly new: readonly TenantRows[]
  readonly differences: readonly TenantDifference[]
}

export type Compare = {
  readonly model: string
  readonly version: number
  readonly against: number | null
  readonly vector: Vector | null
  readonly position: number | null
  readonly stoodStillMs: number
}

/** Stores what came of a comparison. Of a version the rows that differ are kept once, and of one that is no more not at all. */
export async function record(tx: Queryable, of: Compare, findings: Findings): Promise<Verification> {
  const { verificationId, compared, differences } = findings
  const { model, version, against, stoodStillMs } = of
  const verification: Verification = {
    verificationId,
    model,
    version,
    against,
    rowsOld: sum(findings.old, ({ rows }) => rows),
    rowsNew: sum(findings.new, ({ rows }) => rows),
    onlyOld: sum(differences, ({ onlyOld }) => onlyOld),
    onlyNew: sum(differences, ({ onlyNew }) => onlyNew),
    changed: sum(differences, ({ changed }) => changed),
    columnsOnlyOld: compared.onlyOld,
    columnsOnlyNew: compared.onlyNew,
    difference: digestOfDifference(compared, differences),
    stoodStillMs,
  }
  await tx.query(forgetEarlier, [model, version, verificationId])
  await tx.query(
    `INSERT INTO read_model.verification (verification_id, model, version, against, vector, position, rows_old, rows_new,
       only_old, only_new, changed, columns_only_old, columns_only_new, difference, stood_still_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      ...[verificationId, model, version, against, of.vector && JSON.stringify(of.vector), of.position],
      ...[verification.rowsOld, verification.rowsNew, verification.onlyOld, verification.onlyNew, verification.changed],
      ...[compared.onlyOld, compared.onlyNew, verification.difference, stoodStillMs],
    ],
  )
  const tenants = ofTenants(findings)
  const column = <Value>(value: (tenant: Tenant) => Value): Value[] => tenants.map(value)
  await tx.query(
    `INSERT INTO read_model.verified_tenant
       (verification_id, tenant_id, rows_old, rows_new, digest_old, digest_new, only_old, only_new, changed)
     SELECT $1, tenant.* FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[],
       $8::bigint[], $9::bigint[]) AS tenant`,
    [
      verificationId,
      column(({ tenantId }) => tenantId),
      ...[column((each) => each.old?.rows ?? 0), column((each) => each.new?.rows ?? 0)],
      ...[column((each) => each.old?.digest ?? none), column((each) => each.new?.digest ?? none)],
      column((each) => each.differs?.onlyOld ?? 0),
      column((each) => each.differs?.onlyNew ?? 0),
      column((each) => each.differs?.changed ?? 0),
    ],
  )
  return verification
}

/** Digest of no rows. */
const none = '0'.repeat(32)

const forgetEarlier = `
  DELETE FROM read_model.difference d USING read_model.verification v
  WHERE d.verification_id = v.verification_id AND v.model = $1 AND v.verification_id <> $3
    AND (v.version = $2 OR v.version IN
      (SELECT version FROM read_model.version WHERE model = $1 AND state IN ('cancelled', 'retired')))`

type Tenant = {
  readonly tenantId: string
  readonly old: TenantRows | undefined
  readonly new: TenantRows | undefined
  readonly differs: TenantDifference | undefined
}

function ofTenants({ old, new: now, differences }: Findings): Tenant[] {
  const by = <Each extends { readonly tenantId: string }>(all: readonly Each[]) =>
    new Map(all.map((each) => [each.tenantId, each]))
  const [before, after, differing] = [by(old), by(now), by(differences)]
  return [...new Set([...before.keys(), ...after.keys()])].map((tenantId) => ({
    tenantId,
    old: before.get(tenantId),
    new: after.get(tenantId),
    differs: differing.get(tenantId),
  }))
}

const sum = <Each>(all: readonly Each[], count: (each: Each) => number): number =>
  all.reduce((total, each) => total + count(each), 0)
