/**
 * A campaign is our intent. What the platform is configured to do, and what it observes, are other facts: see
 * ../integrations.
 *
 *   draft → inReview → approved → scheduled → active ⇄ paused → completed → archived
 *
 * A review may send it back to draft, an active one may be completed as well, and anything before active cancelled.
 * Name, link and budget may change until it is archived or cancelled.
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import type {
  CampaignCreated,
  CampaignId,
  CampaignLinked,
  CampaignRenamed,
  CampaignScheduled,
  ClientId,
  DomainEvent,
  EventData,
  Money,
} from '@bizosaas/schemas'

/** Each step: the states it starts from, the event that says it was taken, the state it leads to. */
export const steps = {
  submit: { from: ['draft'], event: 'CampaignSubmitted', to: 'inReview' },
  approve: { from: ['inReview'], event: 'CampaignApproved', to: 'approved' },
  reject: { from: ['inReview'], event: 'CampaignRejected', to: 'draft' },
  schedule: { from: ['approved'], event: 'CampaignScheduled', to: 'scheduled' },
  activate: { from: ['scheduled'], event: 'CampaignActivated', to: 'active' },
  pause: { from: ['active'], event: 'CampaignPaused', to: 'paused' },
  resume: { from: ['paused'], event: 'CampaignResumed', to: 'active' },
  complete: { from: ['active', 'paused'], event: 'CampaignCompleted', to: 'completed' },
  archive: { from: ['completed'], event: 'CampaignArchived', to: 'archived' },
  cancel: { from: ['draft', 'inReview', 'approved', 'scheduled'], event: 'CampaignCancelled', to: 'cancelled' },
} as const

/** Where name, link and budget may change. */
const open = ['draft', 'inReview', 'approved', 'scheduled', 'active', 'paused', 'completed'] as const

export type Verb = keyof typeof steps
export type CampaignState = (typeof steps)[Verb]['to']
type StepEvent = (typeof steps)[Verb]['event']
type EditEvent = 'CampaignRenamed' | 'CampaignLinked' | 'BudgetAllocated' | 'BudgetRevised'
export type CampaignEvent = DomainEvent<'CampaignCreated' | EditEvent | StepEvent>

/** A command says what its event will say. */
export type StepCommand = { [V in Verb]: { readonly type: V } & EventData[(typeof steps)[V]['event']] }[Verb]
export type CampaignCommand =
  | ({ readonly type: 'create' } & CampaignCreated)
  | ({ readonly type: 'rename' } & CampaignRenamed)
  | ({ readonly type: 'link' } & CampaignLinked)
  | { readonly type: 'reviseBudget'; readonly campaignId: CampaignId; readonly budget: Money }
  | StepCommand

export interface Campaign {
  readonly state: CampaignState | 'nothing'
  /** The step that led to the state. */
  readonly lastStep: StepEvent | null
  readonly clientId: ClientId | null
  readonly name: string | null
  readonly link: CampaignLinked | null
  readonly budget: Money | null
  readonly schedule: CampaignScheduled | null
}

export const campaign: Decider<CampaignCommand, CampaignEvent, Campaign> = {
  category: 'campaign',
  initial: { state: 'nothing', lastStep: null, clientId: null, name: null, link: null, budget: null, schedule: null },
  clientOf: ({ clientId }) => clientId,

  decide(command, campaign) {
    if (command.type === 'create')
      return campaign.state === 'nothing' ? [said('CampaignCreated', command)] : alreadyDone
    if (campaign.state === 'nothing') return notFound(command.campaignId)
    switch (command.type) {
      case 'rename':
        if (command.name === campaign.name) return alreadyDone
        return within(open, campaign, command, said('CampaignRenamed', command))
      case 'link':
        if (isSameLink(command, campaign.link)) return alreadyDone
        return within(open, campaign, command, said('CampaignLinked', command))
      case 'reviseBudget':
        return reviseBudget(command, campaign)
      case 'schedule':
        return schedule(command, campaign)
      default: // only steps are left, as the compiler knows
        return step(command, campaign)
    }
  },

  evolve(campaign, event) {
    switch (event.type) {
      case 'CampaignCreated':
        return { ...campaign, state: 'draft', clientId: event.data.clientId, name: event.data.name }
      case 'CampaignRenamed':
        return { ...campaign, name: event.data.name }
      case 'CampaignLinked':
        return { ...campaign, link: event.data }
      case 'BudgetAllocated':
      case 'BudgetRevised':
        return { ...campaign, budget: event.data.budget }
      case 'CampaignScheduled':
        return { ...campaign, ...after(event), schedule: event.data }
      default: // only steps are left, as the compiler knows
        return { ...campaign, ...after(event) }
    }
  },
}

/** A step that was the last one taken holds already. */
function step(command: StepCommand, campaign: Campaign) {
  const { from, event } = steps[command.type]
  return campaign.lastStep === event ? alreadyDone : within(from, campaign, command, said(event, command))
}

function schedule(command: Extract<StepCommand, { type: 'schedule' }>, campaign: Campaign) {
  const { startsOn, endsOn } = command
  if (endsOn !== null && endsOn < startsOn) {
    return { refusal: 'invalid', detail: `It would end on ${endsOn}, before it starts on ${startsOn}.` }
  }
  const { from, event } = steps.schedule
  const isSame = startsOn === campaign.schedule?.startsOn && endsOn === campaign.schedule.endsOn
  if (isSame && campaign.lastStep === event) return alreadyDone
  return within(from, campaign, command, said(event, command))
}

function reviseBudget(command: Extract<CampaignCommand, { type: 'reviseBudget' }>, campaign: Campaign) {
  const { campaignId, budget } = command
  const previous = campaign.budget
  if (budget.amountMicros <= 0) return { refusal: 'invalid', detail: 'A budget is more than zero.' }
  if (previous === null)
    return within(open, campaign, command, { type: 'BudgetAllocated', data: { campaignId, budget } })
  if (previous.currency !== budget.currency) {
    const detail = `The budget is in ${previous.currency}; it cannot be revised in ${budget.currency}.`
    return { refusal: 'other-currency', detail, currency: previous.currency }
  }
  if (previous.amountMicros === budget.amountMicros) return alreadyDone
  return within(open, campaign, command, { type: 'BudgetRevised', data: { campaignId, budget, previous } })
}

/** The event, if the campaign is in one of the states; else why not. */
function within(
  states: readonly CampaignState[],
  { state }: Campaign,
  { type: verb }: CampaignCommand,
  event: CampaignEvent,
): readonly CampaignEvent[] | Refusal {
  if (states.some((each) => each === state)) return [event]
  const detail = `The campaign is in state ${state}; ${verb} is possible in state ${states.join(', ')} only.`
  return { refusal: 'illegal-step', detail, state, verb }
}

/** The event of a command that says what the command says. */
function said<T extends CampaignEvent['type']>(type: T, { type: _, ...data }: { type: string } & EventData[T]) {
  return { type, data } as unknown as CampaignEvent
}

const stateAfter = Object.fromEntries(Object.values(steps).map(({ event, to }) => [event, to])) as {
  readonly [V in Verb as (typeof steps)[V]['event']]: (typeof steps)[V]['to']
}

function after({ type }: DomainEvent<StepEvent>) {
  return { state: stateAfter[type], lastStep: type }
}

function isSameLink(one: CampaignLinked, other: CampaignLinked | null): boolean {
  return one.adAccountId === other?.adAccountId && one.platformCampaignId === other.platformCampaignId
}

function notFound(id: CampaignId): Refusal {
  return { refusal: 'not-found', detail: `There is no campaign ${id}.` }
}
