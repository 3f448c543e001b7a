/** Generated from the .avsc files by `npm run generate`: change those, not this. */
import type { AdAccountId, CampaignId, ClientId, TenantId } from '../ids.ts'
import type { CalendarDate, Instant } from '../time.ts'

/** Of streams. */
export type Category = 'adAccount' | 'adAccountDay' | 'campaign' | 'claim' | 'parkedStream'

/** Bytes as Base64 text, in memory as in JSON. */
export type Base64 = string

/** Conversions of one type, as the platform counts them. */
export interface Conversion {
  /** The platform's action, for example purchase */
  readonly type: string
  /** Millionths: platforms attribute fractions of a conversion */
  readonly countMicros: number
  /** Millionths of one unit of the account's currency */
  readonly valueMicros: number
}

/** What was counted. Ratios are never stored. */
export interface Measures {
  readonly impressions: number
  readonly clicks: number
  /** Millionths of one unit of the account's currency */
  readonly spendMicros: number
  /** At most one of each type, ordered by type */
  readonly conversions: ReadonlyArray<Conversion>
}

/** What a row of figures is about, within its account and day. */
export interface MetricsKey {
  readonly platformCampaignId: string
  readonly adSetId: string | null
  readonly adId: string | null
  /** Dimension to value, for example age to 30-34 */
  readonly breakdown: { readonly [key: string]: string }
  /** For example 7d_click; "default" is what the platform reports unasked */
  readonly attributionWindow: string
}

/** An exact amount: a whole number of millionths of one unit of the currency. */
export interface Money {
  /** 1.50 USD is 1500000 */
  readonly amountMicros: number
  /** ISO 4217, upper case */
  readonly currency: string
}

/** Where ads run. */
export type Platform = 'google' | 'meta' | 'linkedin'

/** One row of figures. */
export interface Reading {
  readonly key: MetricsKey
  readonly measures: Measures
}

/** One row of figures that a platform changed after the fact. */
export interface Restatement {
  readonly key: MetricsKey
  readonly before: Measures
  readonly after: Measures
}

/** What is known about an event beside what it says. Stored in KurrentDB as a map of strings. */
export interface Metadata {
  readonly tenantId: TenantId
  readonly clientId: ClientId | null
  /** Who: a user or a service */
  readonly actor: string
  readonly commandId: string
  /** SHA-256 of the request body, to notice a reused idempotency key */
  readonly bodyHash: string
  readonly correlationId: string
  readonly causationId: string
  readonly recordedAt: Instant
  readonly schemaVersion: string
  readonly traceparent: string | null
}

/** An operator ordered that a read model do without the first event of a parked stream, and go on behind it. */
export interface ParkedEventSkipRequested {
  readonly orderId: string
  /** The read model that has parked the stream */
  readonly model: string
  /** Of the model */
  readonly version: number
  /** The name of the parked stream */
  readonly stream: string
  /** Of the event to be skipped: no other one will be */
  readonly position: number
  readonly reason: string
}

/** An operator ordered that the events of a parked stream be applied again. */
export interface ParkedStreamRedriveRequested {
  readonly orderId: string
  /** The read model that has parked the stream */
  readonly model: string
  /** Of the model */
  readonly version: number
  /** The name of the parked stream */
  readonly stream: string
  readonly reason: string | null
}

/** The campaign got its first budget. */
export interface BudgetAllocated {
  readonly campaignId: CampaignId
  /** For the whole life of the campaign */
  readonly budget: Money
}

/** The budget was changed. */
export interface BudgetRevised {
  readonly campaignId: CampaignId
  readonly budget: Money
  readonly previous: Money
}

/** The campaign began to run. */
export interface CampaignActivated {
  readonly campaignId: CampaignId
}

/** An account manager released the campaign for scheduling. */
export interface CampaignApproved {
  readonly campaignId: CampaignId
  readonly comment: string | null
}

/** The campaign was put away. */
export interface CampaignArchived {
  readonly campaignId: CampaignId
}

/** The campaign was given up before it ran. */
export interface CampaignCancelled {
  readonly campaignId: CampaignId
  readonly reason: string | null
}

/** The campaign ran its course. */
export interface CampaignCompleted {
  readonly campaignId: CampaignId
}

/** A campaign was drafted for a client of the agency. */
export interface CampaignCreated {
  readonly campaignId: CampaignId
  readonly clientId: ClientId
  readonly name: string
  /** What the client wants of it, in their words */
  readonly objective: string | null
}

/** The campaign was tied to the one on the ad platform that carries it out. */
export interface CampaignLinked {
  readonly campaignId: CampaignId
  readonly adAccountId: AdAccountId
  /** The platform's own id */
  readonly platformCampaignId: string
}

/** The campaign was halted for a while. */
export interface CampaignPaused {
  readonly campaignId: CampaignId
  readonly reason: string | null
}

/** The review sent the campaign back to draft. */
export interface CampaignRejected {
  readonly campaignId: CampaignId
  readonly reason: string
}

/** The campaign got another name. */
export interface CampaignRenamed {
  readonly campaignId: CampaignId
  readonly name: string
}

/** The campaign runs again. */
export interface CampaignResumed {
  readonly campaignId: CampaignId
}

/** The days on which the campaign is to run were fixed. */
export interface CampaignScheduled {
  readonly campaignId: CampaignId
  readonly startsOn: CalendarDate
  /** Last day, inclusive; null runs until it is completed */
  readonly endsOn: CalendarDate | null
}

/** The draft was handed in for review. */
export interface CampaignSubmitted {
  readonly campaignId: CampaignId
}

/** A value that must be unique in its tenant was taken; its stream exists at most once. */
export interface ValueClaimed {
  /** For example ad-account */
  readonly kind: string
  /** Id of the aggregate that holds it */
  readonly holder: string
}

/** A client's account on an ad platform became known to the agency. */
export interface AdAccountRegistered {
  readonly adAccountId: AdAccountId
  readonly clientId: ClientId
  readonly platform: Platform
  /** The platform's own id */
  readonly externalId: string
  readonly name: string
  /** ISO 4217; every amount of the account is in it */
  readonly currency: string
  /** IANA name; it defines where a day begins */
  readonly timeZone: string
}

/** Figures of one day that were read for the first time. */
export interface MetricsObserved {
  readonly adAccountId: AdAccountId
  readonly clientId: ClientId
  readonly platform: Platform
  /** ISO 4217 */
  readonly currency: string
  /** In the account's time zone */
  readonly date: CalendarDate
  readonly rows: ReadonlyArray<Reading>
}

/** Figures of one day that the platform changed since they were last read. */
export interface MetricsRestated {
  readonly adAccountId: AdAccountId
  readonly clientId: ClientId
  readonly platform: Platform
  /** ISO 4217 */
  readonly currency: string
  /** In the account's time zone */
  readonly date: CalendarDate
  readonly rows: ReadonlyArray<Restatement>
}

/** Stands in the topic, at its position, for a stored event that cannot be published: nothing is skipped. */
export interface Unreadable {
  /** Event type as stored */
  readonly type: string
  /** Event data as stored */
  readonly bytes: Base64
  readonly error: string
}

/** What each event says, in its latest version. */
export interface EventData {
  readonly ParkedEventSkipRequested: ParkedEventSkipRequested
  readonly ParkedStreamRedriveRequested: ParkedStreamRedriveRequested
  readonly BudgetAllocated: BudgetAllocated
  readonly BudgetRevised: BudgetRevised
  readonly CampaignActivated: CampaignActivated
  readonly CampaignApproved: CampaignApproved
  readonly CampaignArchived: CampaignArchived
  readonly CampaignCancelled: CampaignCancelled
  readonly CampaignCompleted: CampaignCompleted
  readonly CampaignCreated: CampaignCreated
  readonly CampaignLinked: CampaignLinked
  readonly CampaignPaused: CampaignPaused
  readonly CampaignRejected: CampaignRejected
  readonly CampaignRenamed: CampaignRenamed
  readonly CampaignResumed: CampaignResumed
  readonly CampaignScheduled: CampaignScheduled
  readonly CampaignSubmitted: CampaignSubmitted
  readonly ValueClaimed: ValueClaimed
  readonly AdAccountRegistered: AdAccountRegistered
  readonly MetricsObserved: MetricsObserved
  readonly MetricsRestated: MetricsRestated
  readonly Unreadable: Unreadable
}

/** What each version of each event says. */
export interface EventVersions {
  readonly ParkedEventSkipRequested: { readonly 1: ParkedEventSkipRequested }
  readonly ParkedStreamRedriveRequested: { readonly 1: ParkedStreamRedriveRequested }
  readonly BudgetAllocated: { readonly 1: BudgetAllocated }
  readonly BudgetRevised: { readonly 1: BudgetRevised }
  readonly CampaignActivated: { readonly 1: CampaignActivated }
  readonly CampaignApproved: { readonly 1: CampaignApproved }
  readonly CampaignArchived: { readonly 1: CampaignArchived }
  readonly CampaignCancelled: { readonly 1: CampaignCancelled }
  readonly CampaignCompleted: { readonly 1: CampaignCompleted }
  readonly CampaignCreated: { readonly 1: CampaignCreated }
  readonly CampaignLinked: { readonly 1: CampaignLinked }
  readonly CampaignPaused: { readonly 1: CampaignPaused }
  readonly CampaignRejected: { readonly 1: CampaignRejected }
  readonly CampaignRenamed: { readonly 1: CampaignRenamed }
  readonly CampaignResumed: { readonly 1: CampaignResumed }
  readonly CampaignScheduled: { readonly 1: CampaignScheduled }
  readonly CampaignSubmitted: { readonly 1: CampaignSubmitted }
  readonly ValueClaimed: { readonly 1: ValueClaimed }
  readonly AdAccountRegistered: { readonly 1: AdAccountRegistered }
  readonly MetricsObserved: { readonly 1: MetricsObserved }
  readonly MetricsRestated: { readonly 1: MetricsRestated }
  readonly Unreadable: { readonly 1: Unreadable }
}
