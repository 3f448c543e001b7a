/**
 * When two rows of figures are about the same thing, so that the later one takes the place of the earlier. The decider
 * that restates rows and the tables that hold them must agree on it, or figures are counted twice.
 */
import type { MetricsKey } from './generated/types.ts'

/** Equal for rows of an account and day that are about the same thing, and for no others. */
export function metricsRowId(key: MetricsKey): string {
  return part(key.platformCampaignId) + metricsRowKey(key)
}

/**
 * The same among the rows of one campaign. It is stored, so it stays as it is for ever.
 *
 * Each part comes after its length, so that no two lists of parts read the same; the order in which the dimensions are
 * written is no difference. (JSON would do too, at five times the time, and this is done for every row.)
 */
export function metricsRowKey({ adSetId, adId, breakdown, attributionWindow }: MetricsKey): string {
  let key = part(adSetId) + part(adId)
  for (const dimension of Object.keys(breakdown).sort()) key += part(dimension) + part(breakdown[dimension] ?? null)
  return key + part(attributionWindow)
}

const part = (text: string | null): string => (text === null ? '-,' : `${text.length}:${text},`)
