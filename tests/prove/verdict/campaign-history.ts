/**
 * What was true of a campaign after each of its events, and what may happen then: told in other words than the decider's,
 * so that an error there does not hide itself here.
 */

import type { Command } from '../load/ledger.ts'
import type { Fact } from './history.ts'

export type Campaign = {
  readonly state: string
  readonly lastStep: string
  readonly name: string
  readonly link: string
  readonly budget: { readonly amountMicros: number; readonly currency: string } | null
  readonly days: string
}

type Step = { readonly event: string; readonly from: string; readonly to: string }

const steps: Readonly<Record<string, Step>> = {
  submit: { event: 'CampaignSubmitted', from: 'draft', to: 'inReview' },
  approve: { event: 'CampaignApproved', from: 'inReview', to: 'approved' },
  reject: { event: 'CampaignRejected', from: 'inReview', to: 'draft' },
  schedule: { event: 'CampaignScheduled', from: 'approved', to: 'scheduled' },
  activate: { event: 'CampaignActivated', from: 'scheduled', to: 'active' },
  pause: { event: 'CampaignPaused', from: 'active', to: 'paused' },
  resume: { event: 'CampaignResumed', from: 'paused', to: 'active' },
  complete: { event: 'CampaignCompleted', from: 'active paused', to: 'completed' },
  archive: { event: 'CampaignArchived', from: 'completed', to: 'archived' },
  cancel: { event: 'CampaignCancelled', from: 'draft inReview approved scheduled', to: 'cancelled' },
}
const byEvent = new Map(Object.values(steps).map((step) => [step.event, step]))
const closed = ['archived', 'cancelled']

const nothing: Campaign = { state: 'nothing', lastStep: '', name: '', link: '', budget: null, days: '' }

/** The campaign after each revision. */
export const campaignsOf = (facts: readonly Fact[]): Campaign[] => {
  let campaign = nothing
  return facts.map((fact) => {
    campaign = after(campaign, fact)
    return campaign
  })
}

const after = (before: Campaign, { type, data }: Fact): Campaign => {
  const step = byEvent.get(type)
  const moved = step === undefined ? before : { ...before, state: step.to, lastStep: type }
  switch (type) {
    case 'CampaignCreated':
      return { ...moved, state: 'draft', name: String(data.name) }
    case 'CampaignRenamed':
      return { ...moved, name: String(data.name) }
    case 'CampaignLinked':
      return { ...moved, link: `${data.adAccountId} ${data.platformCampaignId}` }
    case 'BudgetAllocated':
    case 'BudgetRevised':
      return { ...moved, budget: data.budget as Campaign['budget'] }
    case 'CampaignScheduled':
      return { ...moved, days: `${data.startsOn} ${data.endsOn}` }
    default:
      return moved
  }
}

/** Whether what the command asks for is the case already. */
export const holds = ({ does, body }: Command, campaign: Campaign): boolean => {
  switch (does) {
    case 'create':
      return false
    case 'rename':
      return campaign.name === body.name
    case 'link':
      return campaign.link === linkOf(body)
    case 'budget':
      return campaign.budget?.amountMicros === microsOf(body.amount) && campaign.budget.currency === body.currency
    case 'schedule':
      return campaign.lastStep === 'CampaignScheduled' && campaign.days === `${body.startsOn} ${body.endsOn}`
    default:
      return campaign.lastStep === steps[does]?.event
  }
}

/** Whether the command may be carried out on a campaign that is so. */
export const isPossible = ({ does, body }: Command, campaign: Campaign | undefined): boolean => {
  if (does === 'create') return campaign === undefined
  if (campaign === undefined) return false
  if (does === 'budget' && campaign.budget !== null && campaign.budget.currency !== body.currency) return false
  const step = steps[does]
  return step === undefined ? !closed.includes(campaign.state) : step.from.split(' ').includes(campaign.state)
}

/** Whether the event says what the command said. */
export const saysSo = ({ does, body }: Command, { type, data }: Fact, before: Campaign | undefined): boolean => {
  switch (does) {
    case 'create':
      return (
        type === 'CampaignCreated' &&
        data.name === body.name &&
        data.clientId === body.clientId &&
        (data.objective ?? null) === (body.objective ?? null)
      )
    case 'rename':
      return type === 'CampaignRenamed' && data.name === body.name
    case 'link':
      return type === 'CampaignLinked' && `${data.adAccountId} ${data.platformCampaignId}` === linkOf(body)
    case 'budget': {
      const budget = data.budget as Campaign['budget']
      const isSaid = budget?.amountMicros === microsOf(body.amount) && budget.currency === body.currency
      if (before?.budget === null) return isSaid && type === 'BudgetAllocated'
      return isSaid && type === 'BudgetRevised' && JSON.stringify(data.previous) === JSON.stringify(before?.budget)
    }
    case 'schedule':
      return type === 'CampaignScheduled' && data.startsOn === body.startsOn && data.endsOn === body.endsOn
    default:
      return type === steps[does]?.event && (does !== 'reject' || data.reason === body.reason)
  }
}

const linkOf = (body: Command['body']) => `${body.adAccountId} ${body.platformCampaignId}`
/** Amounts have two decimals here. */
export const microsOf = (amount: unknown): number => Math.round(Number(amount) * 100) * 10_000
