/** What `campaign_list` must hold, told a second time and in other words than the projection's. */
import type { Fact } from './history.ts'

export type CampaignRow = {
  tenant: string
  id: string
  client: string
  name: string
  state: string
  budgetMicros: number | null
  currency: string | null
  startsOn: string | null
  endsOn: string | null
  adAccount: string | null
  platformCampaign: string | null
  revision: number
}

const stateAfter: Record<string, string> = {
  CampaignCreated: 'draft',
  CampaignSubmitted: 'inReview',
  CampaignApproved: 'approved',
  CampaignRejected: 'draft',
  CampaignScheduled: 'scheduled',
  CampaignActivated: 'active',
  CampaignPaused: 'paused',
  CampaignResumed: 'active',
  CampaignCompleted: 'completed',
  CampaignArchived: 'archived',
  CampaignCancelled: 'cancelled',
}

/** Rows by `tenant/id`. */
export const foldCampaigns = (facts: Fact[]): Map<string, CampaignRow> => {
  const rows = new Map<string, CampaignRow>()
  for (const fact of facts.filter(({ stream }) => stream.startsWith('campaign-'))) {
    const said = fact.data as Record<string, string> & { budget?: { amountMicros: number; currency: string } }
    const key = `${fact.tenantId}/${said.campaignId}`
    const row = rows.get(key) ?? blank(fact.tenantId, said)
    row.state = stateAfter[fact.type] ?? row.state
    row.name = said.name ?? row.name
    row.revision = fact.revision
    if (said.budget) {
      row.budgetMicros = said.budget.amountMicros
      row.currency = said.budget.currency
    }
    if (fact.type === 'CampaignScheduled') {
      row.startsOn = said.startsOn ?? null
      row.endsOn = said.endsOn ?? null
    }
    if (fact.type === 'CampaignLinked') {
      row.adAccount = said.adAccountId ?? null
      row.platformCampaign = said.platformCampaignId ?? null
    }
    rows.set(key, row)
  }
  return rows
}

const blank = (tenant: string, said: Record<string, string>): CampaignRow => ({
  tenant,
  id: said.campaignId ?? '',
  client: said.clientId ?? '',
  name: '',
  state: 'nothing',
  budgetMicros: null,
  currency: null,
  startsOn: null,
  endsOn: null,
  adAccount: null,
  platformCampaign: null,
  revision: -1,
})
