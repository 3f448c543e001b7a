import { createHash } from 'node:crypto'
import type { Compared } from './compared.ts'

/**
 * Rows have no order, so the digest of many is a sum: of the two halves of each row's MD5, modulo 2^64. So a database makes it in one
 * pass over the rows, in any order and in several processes, and holds none of them.
 */
export type Sums = { readonly high: string; readonly low: string }

export type TenantRows = { readonly tenantId: string; readonly rows: number; readonly digest: string }

/** What differs of one tenant; the digest is of these differences. */
export type TenantDifference = {
  readonly tenantId: string
  readonly onlyOld: number
  readonly onlyNew: number
  readonly changed: number
  readonly digest: string
}

export const digestOfSums = ({ high, low }: Sums): string => `${hex(high)}${hex(low)}`

const hex = (sum: string): string => BigInt.asUintN(64, BigInt(sum)).toString(16).padStart(16, '0')

/** Of all that differs, and of nothing else, so that it stays what it is while other rows come and go. Null when nothing does. */
export function digestOfDifference(
  { onlyOld, onlyNew }: Pick<Compared, 'onlyOld' | 'onlyNew'>,
  tenants: readonly TenantDifference[],
): string | null {
  const columns = [...onlyOld.map((name) => `column of old ${name}`), ...onlyNew.map((name) => `column of new ${name}`)]
  const rows = tenants.map((each) => [each.tenantId, each.onlyOld, each.onlyNew, each.changed, each.digest].join(' '))
  return columns.length + rows.length === 0 ? null : digestOfLines([...columns, ...rows])
}

/** Short enough to be copied by hand. */
const digestOfLines = (lines: readonly string[]): string =>
  createHash('sha256').update(lines.toSorted().join('\n')).digest('hex').slice(0, 32)
