/** Our campaigns that are tied to one on a platform: whose figures are they? */
import type { EventStore } from '@bizosaas/event-store'
import { notFound } from '@bizosaas/http'
import { type CampaignRow, campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import type { Snapshot } from '../answer.ts'
import { type Candidates, candidates, rowsThen } from '../past/rows-then.ts'

export type LinkedCampaign = Pick<CampaignRow, 'id' | 'name' | 'state' | 'ad_account_id' | 'platform_campaign_id'>

/** A campaign on a platform. */
export interface Link {
  readonly adAccountId: string
  readonly platformCampaignId: string
}

/** What a snapshot says of them: how they are, or what they follow from as of a moment. */
export type FoundCampaigns = Candidates<CampaignRow> | { readonly now: readonly LinkedCampaign[] }

/** @param id of the one that is asked for; without it all that are tied to one on a platform and that the sender may see */
export async function findCampaigns(snapshot: Snapshot, id?: string): Promise<FoundCampaigns> {
  const { tx, table, past } = snapshot
  if (past !== null) return candidates<CampaignRow>(snapshot, campaignList, id)
  const now = await tx.query<LinkedCampaign>(
    `SELECT id, name, state, ad_account_id, platform_campaign_id FROM read_model.${table(campaignList)}
     WHERE ${id === undefined ? 'ad_account_id IS NOT NULL' : 'id = $1'} ORDER BY created_at, id`,
    id === undefined ? [] : [id],
  )
  return { now }
}

/** The oldest first. */
export async function campaignsOf(
  store: Pick<EventStore, 'readStream'>,
  sender: Parameters<typeof rowsThen>[1],
  found: FoundCampaigns,
): Promise<readonly LinkedCampaign[]> {
  if ('now' in found) return found.now
  const age = ({ created_at, id }: CampaignRow) => `${created_at} ${id}`
  return (await rowsThen(store, sender, found)).sort((a, b) => (age(a) < age(b) ? -1 : 1))
}

/** Null for a campaign without figures, for it is tied to none on a platform. @throws Problem not-found when there is no campaign */
export function linkOf([campaign]: readonly LinkedCampaign[], campaignId: string): Link | null {
  if (campaign === undefined) throw notFound(`There is no campaign ${campaignId}.`)
  const { ad_account_id: adAccountId, platform_campaign_id: platformCampaignId } = campaign
  return adAccountId === null || platformCampaignId === null ? null : { adAccountId, platformCampaignId }
}

/** Ours by the campaign on the platform. Several may be tied to one there; its figures stand once, with the oldest. */
export function byLink(campaigns: readonly LinkedCampaign[]) {
  const links = new Map(
    campaigns.toReversed().map((campaign) => [`${campaign.ad_account_id} ${campaign.platform_campaign_id}`, campaign]),
  )
  return (adAccountId: string | null, platformCampaignId: string | null): LinkedCampaign | null =>
    links.get(`${adAccountId} ${platformCampaignId}`) ?? null
}
