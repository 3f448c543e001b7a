/** Generated from the .avsc files by `npm run generate`: change those, not this. */
import type { AdAccountId, CampaignId, ClientId, InvitationId, RoleId, TenantId, UserId } from '../ids.ts'
import type { CalendarDate, Instant } from '../time.ts'

/** Of streams. */
export type Category = 'adAccount' | 'adAccountDay' | 'application' | 'campaign' | 'claim' | 'identityLink' | 'invitation' | 'membership' | 'parkedStream' | 'personalDataRead' | 'rebuild' | 'role' | 'routePolicy' | 'secondFactor' | 'session' | 'tenant' | 'user'

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

/** What a route does to a header. */
export interface HeaderChange {
  /** set (to is the value), remove, or rename (to is the new header) */
  readonly change: string
  readonly header: string
  readonly to: string | null
}

/** What a route does to a JSON body. */
export interface JsonChange {
  /** set (to is JSON), remove, or move (to is a path whose parent is there) */
  readonly change: string
  /** A JSON Pointer (RFC 6901), in which * stands for every member of an array */
  readonly path: string
  readonly to: string | null
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

/** How many requests may come in a time. Routes that name the same limit share its counters. */
export interface PolicyLimit {
  readonly limit: string
  /** Whose requests are counted together: tenant, client (tokens of a single client), user, address (requests without a valid token, by where they come from), or route, which is everybody's */
  readonly per: string
  readonly requests: number
  readonly seconds: number
  /** What happens while the counters cannot be reached: allow or refuse */
  readonly onOutage: string
}

/** How many requests are included in a calendar day or month (UTC). */
export interface PolicyPlan {
  readonly plan: string
  /** Empty for the plan of every tenant that no other plan lists */
  readonly tenants: ReadonlyArray<string>
  readonly requests: number
  /** day or month */
  readonly per: string
  /** As of a limit */
  readonly onOutage: string
}

/** A part of the API that the gateway publishes. */
export interface PolicyRoute {
  /** Of whole segments: /v1/campaigns is also the prefix of /v1/campaigns/1, but not of /v1/campaigns-2. The longest counts */
  readonly prefix: string
  /** Empty for all */
  readonly methods: ReadonlyArray<string>
  /** Which one answers */
  readonly service: string
  /** What stands in place of the prefix when the service is asked; null for the prefix itself */
  readonly rewrite: string | null
  readonly maxBodyBytes: number
  /** From the whole request to the head of the answer */
  readonly timeoutMs: number
  /** By which limits its requests are counted */
  readonly limits: ReadonlyArray<string>
  readonly request: Transformation
  readonly answer: Transformation
}

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

/** What the gateway publishes, and what holds on the way. Everything that is not published is not there. */
export interface RoutePolicy {
  readonly routes: ReadonlyArray<PolicyRoute>
  readonly limits: ReadonlyArray<PolicyLimit>
  readonly plans: ReadonlyArray<PolicyPlan>
  /** Origins whose pages may call the API from a browser */
  readonly corsOrigins: ReadonlyArray<string>
}

/** Personal data under the key of the person it is about: nobody can read it once that key is destroyed. */
export interface Sealed {
  /** Id of the person */
  readonly subject: string
  /** Which of the person's keys */
  readonly keyVersion: number
  /** AES-256-GCM: nonce, cipher text, tag; subject, key version and the field's name are bound to it */
  readonly bytes: Base64
}

/** What a route changes in requests or in answers, in this order. */
export interface Transformation {
  readonly headers: ReadonlyArray<HeaderChange>
  /** Of JSON bodies. A route with any reads the whole body before it goes on; all others stream */
  readonly body: ReadonlyArray<JsonChange>
}

/** What is known about an event beside what it says. Stored in KurrentDB as a map of strings. */
export interface MetadataV1 {
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
  /** Which the actor's token carried, with spaces between; null where nobody sent a request */
  readonly roles: string | null
  /** A keyed hash of where the request came from: the same place has the same, and nobody reads a place out of it */
  readonly origin: string | null
}

/** An operator ordered that a rebuilt version serve in place of the one that does. */
export interface CutOverRequested {
  readonly orderId: string
  /** Which rebuild it is about */
  readonly rebuildId: string
  /** The read model that is rebuilt */
  readonly model: string
  /** Digest of the difference between both that the operator has seen and accepts; null if there is to be none */
  readonly acceptedDifference: string | null
  readonly reason: string | null
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

/** An operator ordered that a version be dropped that never served. */
export interface RebuildCancelled {
  readonly orderId: string
  /** Which rebuild it is about */
  readonly rebuildId: string
  /** The read model that is rebuilt */
  readonly model: string
  readonly reason: string | null
}

/** An operator ordered that a rebuild rest where it is. */
export interface RebuildPaused {
  readonly orderId: string
  /** Which rebuild it is about */
  readonly rebuildId: string
  /** The read model that is rebuilt */
  readonly model: string
  readonly reason: string | null
}

/** An operator ordered that a read model be built once more from the beginning, as a further version beside the one that serves. */
export interface RebuildRequested {
  readonly orderId: string
  /** Names the rebuild from here on */
  readonly rebuildId: string
  /** The read model */
  readonly model: string
  /** Version of the definition whose handlers fill it; null for the newest that the runner knows */
  readonly definition: number | null
  /** How many processes are to fill it */
  readonly workers: number
  readonly reason: string | null
}

/** An operator ordered that a paused rebuild go on. */
export interface RebuildResumed {
  readonly orderId: string
  /** Which rebuild it is about */
  readonly rebuildId: string
  /** The read model that is rebuilt */
  readonly model: string
  readonly reason: string | null
}

/** An operator ordered that a rebuilt version be compared with the one that serves. */
export interface RebuildVerificationRequested {
  readonly orderId: string
  /** Which rebuild it is about */
  readonly rebuildId: string
  /** The read model that is rebuilt */
  readonly model: string
  readonly reason: string | null
}

/** An operator ordered that what no longer serves be dropped: the versions before a rebuilt one, or itself where another serves. */
export interface RetirementRequested {
  readonly orderId: string
  /** Which rebuild it is about */
  readonly rebuildId: string
  /** The read model that is rebuilt */
  readonly model: string
  readonly reason: string | null
}

/** An operator ordered that the version serve again which a rebuilt one has replaced. */
export interface RollBackRequested {
  readonly orderId: string
  /** Which rebuild it is about */
  readonly rebuildId: string
  /** The read model that is rebuilt */
  readonly model: string
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

/** A value that must be unique in its tenant was taken: nobody else takes it before it is released. */
export interface ValueClaimed {
  /** For example ad-account */
  readonly kind: string
  /** Id of the aggregate that holds it */
  readonly holder: string
}

/** A value that must be unique in its tenant is free again. */
export interface ValueReleased {
  /** For example email */
  readonly kind: string
  /** Id of the aggregate that held it */
  readonly holder: string
}

/** A route policy was written down. It does nothing yet. */
export interface RoutePolicyDrafted {
  readonly policyId: string
  readonly title: string
  readonly policy: RoutePolicy
}

/** A route policy was put in force, in place of the one before. */
export interface RoutePolicyPublished {
  readonly policyId: string
}

/** A route policy holds no more; the one that was published before it does again. */
export interface RoutePolicyRetired {
  readonly policyId: string
}

/** The draft of a route policy was written anew. */
export interface RoutePolicyRevised {
  readonly policyId: string
  readonly title: string
  readonly policy: RoutePolicy
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

/** An application may ask for access tokens, for people or for itself. */
export interface ApplicationRegistered {
  readonly applicationId: string
  readonly title: string
  /** False for what runs in a browser or on a telephone and can keep none */
  readonly hasSecret: boolean
  /** Where people are sent back to; none for an application that acts for itself alone */
  readonly redirectUris: ReadonlyArray<string>
  /** What it may do for itself; none for one that acts for people alone */
  readonly roles: ReadonlyArray<string>
  /** For which clients; null for all of the agency */
  readonly clients: ReadonlyArray<string> | null
}

/** The application gets no more tokens. */
export interface ApplicationRetired {
  readonly applicationId: string
}

/** The application has another secret. */
export interface ApplicationSecretRotated {
  readonly applicationId: string
  /** The first one was 0 */
  readonly secretVersion: number
}

/** A person signs in with an account at an outside provider from now on. */
export interface IdentityLinked {
  readonly userId: UserId
  /** Of the provider */
  readonly issuer: string
  /** HMAC of the provider and of what it calls the person */
  readonly identity: string
}

/** An account at an outside provider lets the person in no more. */
export interface IdentityUnlinked {
  readonly userId: UserId
  /** HMAC of the provider and of what it calls the person */
  readonly identity: string
}

/** The person used it. */
export interface InvitationAccepted {
  readonly invitationId: InvitationId
}

/** A secret that lets a person join was made. */
export interface InvitationIssued {
  readonly invitationId: InvitationId
  readonly userId: UserId
  /** Whose person it is; null for the agency's own staff */
  readonly clientId: ClientId | null
  readonly expiresAt: Instant
}

/** It is worth nothing any more. */
export interface InvitationWithdrawn {
  readonly invitationId: InvitationId
}

/** What a person may do, and for whom, from now on. */
export interface MembershipAssigned {
  readonly userId: UserId
  /** Whose person it is; null for the agency's own staff */
  readonly clientId: ClientId | null
  /** Presets, ordered */
  readonly roles: ReadonlyArray<string>
  /** Ids of roles of the agency's own, ordered */
  readonly customRoles: ReadonlyArray<string>
  /** Ids, ordered; null for all clients of the agency */
  readonly clients: ReadonlyArray<string> | null
}

/** The person may do nothing any more. */
export interface MembershipRevoked {
  readonly userId: UserId
}

/** Somebody was answered with what is sealed of people. Recorded before they were. */
export interface PersonalDataRead {
  readonly readId: string
  /** What was asked, such as GET /v1/users */
  readonly route: string
  /** Ids of the people */
  readonly subjects: ReadonlyArray<string>
}

/** A person who lacked their device signed in with a recovery code, which is good no second time. */
export interface RecoveryCodeUsed {
  readonly userId: UserId
  readonly enrolmentId: string
  /** Which of the codes, from 0 */
  readonly number: number
}

/** The agency made a role of its own. */
export interface RoleDefined {
  readonly roleId: RoleId
  /** Of the role */
  readonly name: string
  /** Ordered */
  readonly permissions: ReadonlyArray<string>
}

/** The role is given to nobody any more. */
export interface RoleRetired {
  readonly roleId: RoleId
}

/** The role has another name or other permissions. */
export interface RoleRevised {
  readonly roleId: RoleId
  /** Of the role */
  readonly name: string
  /** Ordered */
  readonly permissions: ReadonlyArray<string>
}

/** A person showed that their device makes the right codes: from now on one is asked for at each sign-in. */
export interface SecondFactorConfirmed {
  readonly userId: UserId
  readonly enrolmentId: string
}

/** A person was given a secret for one-time codes, which does not count until it is confirmed. */
export interface SecondFactorEnrolled {
  readonly userId: UserId
  readonly enrolmentId: string
  /** Of the one-time codes (RFC 6238), in Base32 */
  readonly secret: Sealed
}

/** No one-time code is asked for any more. */
export interface SecondFactorRemoved {
  readonly userId: UserId
}

/** A refresh token or an authorization code came a second time, so that all tokens of the session ended. */
export interface SessionReuseDetected {
  readonly sessionId: string
}

/** The session was ended, by the person or for them. */
export interface SessionSignedOut {
  readonly sessionId: string
}

/** A person signed in with an application. */
export interface SessionStartedV1 {
  readonly sessionId: string
  readonly userId: UserId
  readonly applicationId: string
  /** What the browser says it is */
  readonly device: Sealed
  /** Where the request came from */
  readonly address: Sealed
}

/** A person signed in with an application. */
export interface SessionStarted {
  readonly sessionId: string
  readonly userId: UserId
  readonly applicationId: string
  /** What the browser says it is */
  readonly device: Sealed
  /** Where the request came from */
  readonly address: Sealed
  /** By what the person showed who they are: pwd, otp and mfa as in RFC 8176; or fed, and the issuer of the outside provider */
  readonly methods: ReadonlyArray<string>
}

/** The agency or client may be worked for, for the first time or again. */
export interface TenantActivated {
  readonly tenantId: TenantId
}

/** The agency or client is leaving. */
export interface TenantOffboarded {
  readonly tenantId: TenantId
}

/** An agency was set up, or a client of one. */
export interface TenantProvisioned {
  /** The agency's id, or the client's */
  readonly tenantId: TenantId
  /** Whose client it is; null for an agency */
  readonly agencyId: string | null
  /** Of the organisation */
  readonly name: string
}

/** The agency or client goes by another name. */
export interface TenantRenamed {
  readonly tenantId: TenantId
  /** Of the organisation */
  readonly name: string
}

/** Work for the agency or client was halted. */
export interface TenantSuspended {
  readonly tenantId: TenantId
  /** Of the organisation's, such as an unpaid bill; nothing about a person */
  readonly reason: string
}

/** The person accepted, and may sign in. */
export interface UserActivated {
  readonly userId: UserId
}

/** The person does not work here any more. */
export interface UserDeactivated {
  readonly userId: UserId
}

/** The person is reached at another address, by which they also sign in. */
export interface UserEmailChanged {
  readonly userId: UserId
  readonly email: Sealed
  /** HMAC of the case-folded address, to find it by */
  readonly emailDigest: string
}

/** The person's keys were destroyed, so that nothing about them can be read again: the certificate. */
export interface UserErased {
  readonly userId: UserId
  /** Of the keys that there were */
  readonly keyVersions: ReadonlyArray<number>
  readonly destroyedAt: Instant
  /** Who asked for it */
  readonly destroyedBy: string
}

/** The person is to be erased: nothing else may happen to them any more. */
export interface UserErasureRequested {
  readonly userId: UserId
}

/** A person was asked to join the agency, or a client of it. */
export interface UserInvited {
  readonly userId: UserId
  /** Whose person it is; null for the agency's own staff */
  readonly clientId: ClientId | null
  readonly email: Sealed
  /** HMAC of the case-folded address, to find it by */
  readonly emailDigest: string
  readonly givenName: Sealed
  readonly familyName: Sealed
}

/** The person may not sign in for the time being. */
export interface UserLocked {
  readonly userId: UserId
}

/** How the person wants to see and hear things. */
export interface UserPreferencesSet {
  readonly userId: UserId
  /** BCP 47, such as de-CH */
  readonly locale: string
  /** IANA */
  readonly timeZone: string
  /** Channel to whether it is wanted unless said otherwise */
  readonly notifications: { readonly [key: string]: boolean }
}

/** The person goes by another name or telephone number. */
export interface UserProfileChanged {
  readonly userId: UserId
  readonly givenName: Sealed
  readonly familyName: Sealed
  readonly phone: Sealed | null
}

/** The person may sign in again. */
export interface UserUnlocked {
  readonly userId: UserId
}

/** What each event says, in its latest version. */
export interface EventData {
  readonly CutOverRequested: CutOverRequested
  readonly ParkedEventSkipRequested: ParkedEventSkipRequested
  readonly ParkedStreamRedriveRequested: ParkedStreamRedriveRequested
  readonly RebuildCancelled: RebuildCancelled
  readonly RebuildPaused: RebuildPaused
  readonly RebuildRequested: RebuildRequested
  readonly RebuildResumed: RebuildResumed
  readonly RebuildVerificationRequested: RebuildVerificationRequested
  readonly RetirementRequested: RetirementRequested
  readonly RollBackRequested: RollBackRequested
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
  readonly ValueReleased: ValueReleased
  readonly RoutePolicyDrafted: RoutePolicyDrafted
  readonly RoutePolicyPublished: RoutePolicyPublished
  readonly RoutePolicyRetired: RoutePolicyRetired
  readonly RoutePolicyRevised: RoutePolicyRevised
  readonly AdAccountRegistered: AdAccountRegistered
  readonly MetricsObserved: MetricsObserved
  readonly MetricsRestated: MetricsRestated
  readonly Unreadable: Unreadable
  readonly ApplicationRegistered: ApplicationRegistered
  readonly ApplicationRetired: ApplicationRetired
  readonly ApplicationSecretRotated: ApplicationSecretRotated
  readonly IdentityLinked: IdentityLinked
  readonly IdentityUnlinked: IdentityUnlinked
  readonly InvitationAccepted: InvitationAccepted
  readonly InvitationIssued: InvitationIssued
  readonly InvitationWithdrawn: InvitationWithdrawn
  readonly MembershipAssigned: MembershipAssigned
  readonly MembershipRevoked: MembershipRevoked
  readonly PersonalDataRead: PersonalDataRead
  readonly RecoveryCodeUsed: RecoveryCodeUsed
  readonly RoleDefined: RoleDefined
  readonly RoleRetired: RoleRetired
  readonly RoleRevised: RoleRevised
  readonly SecondFactorConfirmed: SecondFactorConfirmed
  readonly SecondFactorEnrolled: SecondFactorEnrolled
  readonly SecondFactorRemoved: SecondFactorRemoved
  readonly SessionReuseDetected: SessionReuseDetected
  readonly SessionSignedOut: SessionSignedOut
  readonly SessionStarted: SessionStarted
  readonly TenantActivated: TenantActivated
  readonly TenantOffboarded: TenantOffboarded
  readonly TenantProvisioned: TenantProvisioned
  readonly TenantRenamed: TenantRenamed
  readonly TenantSuspended: TenantSuspended
  readonly UserActivated: UserActivated
  readonly UserDeactivated: UserDeactivated
  readonly UserEmailChanged: UserEmailChanged
  readonly UserErased: UserErased
  readonly UserErasureRequested: UserErasureRequested
  readonly UserInvited: UserInvited
  readonly UserLocked: UserLocked
  readonly UserPreferencesSet: UserPreferencesSet
  readonly UserProfileChanged: UserProfileChanged
  readonly UserUnlocked: UserUnlocked
}

/** What each version of each event says. */
export interface EventVersions {
  readonly CutOverRequested: { readonly 1: CutOverRequested }
  readonly ParkedEventSkipRequested: { readonly 1: ParkedEventSkipRequested }
  readonly ParkedStreamRedriveRequested: { readonly 1: ParkedStreamRedriveRequested }
  readonly RebuildCancelled: { readonly 1: RebuildCancelled }
  readonly RebuildPaused: { readonly 1: RebuildPaused }
  readonly RebuildRequested: { readonly 1: RebuildRequested }
  readonly RebuildResumed: { readonly 1: RebuildResumed }
  readonly RebuildVerificationRequested: { readonly 1: RebuildVerificationRequested }
  readonly RetirementRequested: { readonly 1: RetirementRequested }
  readonly RollBackRequested: { readonly 1: RollBackRequested }
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
  readonly ValueReleased: { readonly 1: ValueReleased }
  readonly RoutePolicyDrafted: { readonly 1: RoutePolicyDrafted }
  readonly RoutePolicyPublished: { readonly 1: RoutePolicyPublished }
  readonly RoutePolicyRetired: { readonly 1: RoutePolicyRetired }
  readonly RoutePolicyRevised: { readonly 1: RoutePolicyRevised }
  readonly AdAccountRegistered: { readonly 1: AdAccountRegistered }
  readonly MetricsObserved: { readonly 1: MetricsObserved }
  readonly MetricsRestated: { readonly 1: MetricsRestated }
  readonly Unreadable: { readonly 1: Unreadable }
  readonly ApplicationRegistered: { readonly 1: ApplicationRegistered }
  readonly ApplicationRetired: { readonly 1: ApplicationRetired }
  readonly ApplicationSecretRotated: { readonly 1: ApplicationSecretRotated }
  readonly IdentityLinked: { readonly 1: IdentityLinked }
  readonly IdentityUnlinked: { readonly 1: IdentityUnlinked }
  readonly InvitationAccepted: { readonly 1: InvitationAccepted }
  readonly InvitationIssued: { readonly 1: InvitationIssued }
  readonly InvitationWithdrawn: { readonly 1: InvitationWithdrawn }
  readonly MembershipAssigned: { readonly 1: MembershipAssigned }
  readonly MembershipRevoked: { readonly 1: MembershipRevoked }
  readonly PersonalDataRead: { readonly 1: PersonalDataRead }
  readonly RecoveryCodeUsed: { readonly 1: RecoveryCodeUsed }
  readonly RoleDefined: { readonly 1: RoleDefined }
  readonly RoleRetired: { readonly 1: RoleRetired }
  readonly RoleRevised: { readonly 1: RoleRevised }
  readonly SecondFactorConfirmed: { readonly 1: SecondFactorConfirmed }
  readonly SecondFactorEnrolled: { readonly 1: SecondFactorEnrolled }
  readonly SecondFactorRemoved: { readonly 1: SecondFactorRemoved }
  readonly SessionReuseDetected: { readonly 1: SessionReuseDetected }
  readonly SessionSignedOut: { readonly 1: SessionSignedOut }
  readonly SessionStarted: { readonly 1: SessionStartedV1; readonly 2: SessionStarted }
  readonly TenantActivated: { readonly 1: TenantActivated }
  readonly TenantOffboarded: { readonly 1: TenantOffboarded }
  readonly TenantProvisioned: { readonly 1: TenantProvisioned }
  readonly TenantRenamed: { readonly 1: TenantRenamed }
  readonly TenantSuspended: { readonly 1: TenantSuspended }
  readonly UserActivated: { readonly 1: UserActivated }
  readonly UserDeactivated: { readonly 1: UserDeactivated }
  readonly UserEmailChanged: { readonly 1: UserEmailChanged }
  readonly UserErased: { readonly 1: UserErased }
  readonly UserErasureRequested: { readonly 1: UserErasureRequested }
  readonly UserInvited: { readonly 1: UserInvited }
  readonly UserLocked: { readonly 1: UserLocked }
  readonly UserPreferencesSet: { readonly 1: UserPreferencesSet }
  readonly UserProfileChanged: { readonly 1: UserProfileChanged }
  readonly UserUnlocked: { readonly 1: UserUnlocked }
}
