import type { Category } from './generated/types.ts'
import type { TenantId } from './ids.ts'

export type StreamName = {
  readonly category: Category
  readonly tenantId: TenantId
  /** Of the aggregate; an ad account's day is `<adAccountId>:<YYYY-MM-DD>`. */
  readonly id: string
}

const pattern = /^([a-zA-Z]+)-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(.+)$/s

/** `<category>-<tenantId>.<id>`: KurrentDB takes what is before the first dash as the category. */
export function streamName(category: Category, tenantId: TenantId, id: string): string {
  return `${category}-${tenantId}.${id}`
}

/** Null for a stream that is not one of ours, for example a system stream. */
export function parseStreamName(stream: string): StreamName | null {
  const parts = pattern.exec(stream)
  if (parts === null) return null
  return { category: parts[1] as Category, tenantId: parts[2] as TenantId, id: parts[3] as string }
}
