import { type CalendarDate, type Money, microsToDecimal } from '@bizosaas/schemas'
import type { CampaignEvent } from '../events.ts'

/** What happened to a campaign, in one sentence for the people who work on it. */
export function inWords(event: CampaignEvent): string {
  const { type, data } = event
  switch (type) {
    case 'CampaignCreated':
      return `Created as ${quoted(data.name)}${remark(data.objective)}`
    case 'CampaignRenamed':
      return `Renamed to ${quoted(data.name)}`
    case 'CampaignSubmitted':
      return 'Submitted for review'
    case 'CampaignApproved':
      return `Approved${remark(data.comment)}`
    case 'CampaignRejected':
      return `Sent back to draft${remark(data.reason)}`
    case 'CampaignScheduled':
      return `Scheduled ${days(data.startsOn, data.endsOn)}`
    case 'CampaignActivated':
      return 'Went live'
    case 'CampaignPaused':
      return `Paused${remark(data.reason)}`
    case 'CampaignResumed':
      return 'Resumed'
    case 'CampaignCompleted':
      return 'Completed'
    case 'CampaignArchived':
      return 'Archived'
    case 'CampaignCancelled':
      return `Cancelled${remark(data.reason)}`
    case 'BudgetAllocated':
      return `Budget of ${money(data.budget)} allocated`
    case 'BudgetRevised':
      return revision(data.previous, data.budget)
    case 'CampaignLinked':
      return `Linked to campaign ${data.platformCampaignId} on the platform`
    default:
      return type satisfies never
  }
}

function revision(before: Money, after: Money): string {
  if (before.currency !== after.currency) return `Budget changed from ${money(before)} to ${money(after)}`
  const verb = after.amountMicros > before.amountMicros ? 'raised' : 'lowered'
  return `Budget ${verb} from ${amount(before)} to ${money(after)}`
}

const money = (sum: Money): string => `${amount(sum)} ${sum.currency}`

/** 1234567.5 reads 1,234,567.50; only the digits before the point are grouped. */
const amount = ({ amountMicros }: Money): string => microsToDecimal(amountMicros).replace(/\d(?=(\d{3})+\.)/g, '$&,')

const days = (first: CalendarDate, last: CalendarDate | null): string =>
  last === null ? `from ${first}` : `from ${first} to ${last}`

const remark = (words: string | null): string => (words === null ? '' : `: ${quoted(words)}`)

const quoted = (words: string): string => `“${words}”`
