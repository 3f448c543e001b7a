/** Generated from the .avsc files by `npm run generate`: change those, not this. */
import type { Category, EventData } from './types.ts'

/** Versions are self-contained Avro schemas; the first is version 1. */
export type EventSchemas = {
  readonly context: string
  readonly category: Category | null
  readonly versions: readonly AvroSchema[]
}
export type AvroSchema = { readonly type: string; readonly name: string; readonly namespace: string; readonly fields: readonly unknown[] }

export const eventSchemas: { readonly [T in keyof EventData]: EventSchemas } = {
  CutOverRequested: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"CutOverRequested","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"acceptedDifference","type":["null","string"]},{"name":"reason","type":["null","string"]}]},
    ],
  },
  ParkedEventSkipRequested: {
    context: 'analytics',
    category: 'parkedStream',
    versions: [
      {"type":"record","name":"ParkedEventSkipRequested","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"model","type":"string"},{"name":"version","type":"int"},{"name":"stream","type":"string"},{"name":"position","type":"long"},{"name":"reason","type":"string"}]},
    ],
  },
  ParkedStreamRedriveRequested: {
    context: 'analytics',
    category: 'parkedStream',
    versions: [
      {"type":"record","name":"ParkedStreamRedriveRequested","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"model","type":"string"},{"name":"version","type":"int"},{"name":"stream","type":"string"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  RebuildCancelled: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"RebuildCancelled","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  RebuildPaused: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"RebuildPaused","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  RebuildRequested: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"RebuildRequested","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"definition","type":["null","int"]},{"name":"workers","type":"int"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  RebuildResumed: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"RebuildResumed","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  RebuildVerificationRequested: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"RebuildVerificationRequested","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  RetirementRequested: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"RetirementRequested","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  RollBackRequested: {
    context: 'analytics',
    category: 'rebuild',
    versions: [
      {"type":"record","name":"RollBackRequested","namespace":"bizosaas.analytics.v1","fields":[{"name":"orderId","type":"string"},{"name":"rebuildId","type":"string"},{"name":"model","type":"string"},{"name":"reason","type":["null","string"]}]},
    ],
  },
  BudgetAllocated: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"BudgetAllocated","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"budget","type":{"type":"record","name":"Money","namespace":"bizosaas.common.v1","fields":[{"name":"amountMicros","type":"long"},{"name":"currency","type":"string"}]}}]},
    ],
  },
  BudgetRevised: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"BudgetRevised","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"budget","type":{"type":"record","name":"Money","namespace":"bizosaas.common.v1","fields":[{"name":"amountMicros","type":"long"},{"name":"currency","type":"string"}]}},{"name":"previous","type":"bizosaas.common.v1.Money"}]},
    ],
  },
  CampaignActivated: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignActivated","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"}]},
    ],
  },
  CampaignApproved: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignApproved","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"comment","type":["null","string"],"default":null}]},
    ],
  },
  CampaignArchived: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignArchived","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"}]},
    ],
  },
  CampaignCancelled: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignCancelled","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"reason","type":["null","string"],"default":null}]},
    ],
  },
  CampaignCompleted: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignCompleted","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"}]},
    ],
  },
  CampaignCreated: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignCreated","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"clientId","type":"string"},{"name":"name","type":"string"},{"name":"objective","type":["null","string"],"default":null}]},
    ],
  },
  CampaignLinked: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignLinked","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"adAccountId","type":"string"},{"name":"platformCampaignId","type":"string"}]},
    ],
  },
  CampaignPaused: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignPaused","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"reason","type":["null","string"],"default":null}]},
    ],
  },
  CampaignRejected: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignRejected","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"reason","type":"string"}]},
    ],
  },
  CampaignRenamed: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignRenamed","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"name","type":"string"}]},
    ],
  },
  CampaignResumed: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignResumed","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"}]},
    ],
  },
  CampaignScheduled: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignScheduled","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"},{"name":"startsOn","type":{"type":"int","logicalType":"date"}},{"name":"endsOn","type":["null",{"type":"int","logicalType":"date"}],"default":null}]},
    ],
  },
  CampaignSubmitted: {
    context: 'campaigns',
    category: 'campaign',
    versions: [
      {"type":"record","name":"CampaignSubmitted","namespace":"bizosaas.campaigns.v1","fields":[{"name":"campaignId","type":"string"}]},
    ],
  },
  ValueClaimed: {
    context: 'claims',
    category: 'claim',
    versions: [
      {"type":"record","name":"ValueClaimed","namespace":"bizosaas.claims.v1","fields":[{"name":"kind","type":"string"},{"name":"holder","type":"string"}]},
    ],
  },
  ValueReleased: {
    context: 'claims',
    category: 'claim',
    versions: [
      {"type":"record","name":"ValueReleased","namespace":"bizosaas.claims.v1","fields":[{"name":"kind","type":"string"},{"name":"holder","type":"string"}]},
    ],
  },
  RoutePolicyDrafted: {
    context: 'gateway',
    category: 'routePolicy',
    versions: [
      {"type":"record","name":"RoutePolicyDrafted","namespace":"bizosaas.gateway.v1","fields":[{"name":"policyId","type":"string"},{"name":"title","type":"string"},{"name":"policy","type":{"type":"record","name":"RoutePolicy","namespace":"bizosaas.common.v1","fields":[{"name":"routes","type":{"type":"array","items":{"type":"record","name":"PolicyRoute","namespace":"bizosaas.common.v1","fields":[{"name":"prefix","type":"string"},{"name":"methods","type":{"type":"array","items":"string"}},{"name":"service","type":"string"},{"name":"rewrite","type":["null","string"]},{"name":"maxBodyBytes","type":"int"},{"name":"timeoutMs","type":"int"},{"name":"limits","type":{"type":"array","items":"string"}},{"name":"request","type":{"type":"record","name":"Transformation","namespace":"bizosaas.common.v1","fields":[{"name":"headers","type":{"type":"array","items":{"type":"record","name":"HeaderChange","namespace":"bizosaas.common.v1","fields":[{"name":"change","type":"string"},{"name":"header","type":"string"},{"name":"to","type":["null","string"]}]}}},{"name":"body","type":{"type":"array","items":{"type":"record","name":"JsonChange","namespace":"bizosaas.common.v1","fields":[{"name":"change","type":"string"},{"name":"path","type":"string"},{"name":"to","type":["null","string"]}]}}}]}},{"name":"answer","type":"bizosaas.common.v1.Transformation"}]}}},{"name":"limits","type":{"type":"array","items":{"type":"record","name":"PolicyLimit","namespace":"bizosaas.common.v1","fields":[{"name":"limit","type":"string"},{"name":"per","type":"string"},{"name":"requests","type":"int"},{"name":"seconds","type":"int"},{"name":"onOutage","type":"string"}]}}},{"name":"plans","type":{"type":"array","items":{"type":"record","name":"PolicyPlan","namespace":"bizosaas.common.v1","fields":[{"name":"plan","type":"string"},{"name":"tenants","type":{"type":"array","items":"string"}},{"name":"requests","type":"long"},{"name":"per","type":"string"},{"name":"onOutage","type":"string"}]}}},{"name":"corsOrigins","type":{"type":"array","items":"string"}}]}}]},
    ],
  },
  RoutePolicyPublished: {
    context: 'gateway',
    category: 'routePolicy',
    versions: [
      {"type":"record","name":"RoutePolicyPublished","namespace":"bizosaas.gateway.v1","fields":[{"name":"policyId","type":"string"}]},
    ],
  },
  RoutePolicyRetired: {
    context: 'gateway',
    category: 'routePolicy',
    versions: [
      {"type":"record","name":"RoutePolicyRetired","namespace":"bizosaas.gateway.v1","fields":[{"name":"policyId","type":"string"}]},
    ],
  },
  RoutePolicyRevised: {
    context: 'gateway',
    category: 'routePolicy',
    versions: [
      {"type":"record","name":"RoutePolicyRevised","namespace":"bizosaas.gateway.v1","fields":[{"name":"policyId","type":"string"},{"name":"title","type":"string"},{"name":"policy","type":{"type":"record","name":"RoutePolicy","namespace":"bizosaas.common.v1","fields":[{"name":"routes","type":{"type":"array","items":{"type":"record","name":"PolicyRoute","namespace":"bizosaas.common.v1","fields":[{"name":"prefix","type":"string"},{"name":"methods","type":{"type":"array","items":"string"}},{"name":"service","type":"string"},{"name":"rewrite","type":["null","string"]},{"name":"maxBodyBytes","type":"int"},{"name":"timeoutMs","type":"int"},{"name":"limits","type":{"type":"array","items":"string"}},{"name":"request","type":{"type":"record","name":"Transformation","namespace":"bizosaas.common.v1","fields":[{"name":"headers","type":{"type":"array","items":{"type":"record","name":"HeaderChange","namespace":"bizosaas.common.v1","fields":[{"name":"change","type":"string"},{"name":"header","type":"string"},{"name":"to","type":["null","string"]}]}}},{"name":"body","type":{"type":"array","items":{"type":"record","name":"JsonChange","namespace":"bizosaas.common.v1","fields":[{"name":"change","type":"string"},{"name":"path","type":"string"},{"name":"to","type":["null","string"]}]}}}]}},{"name":"answer","type":"bizosaas.common.v1.Transformation"}]}}},{"name":"limits","type":{"type":"array","items":{"type":"record","name":"PolicyLimit","namespace":"bizosaas.common.v1","fields":[{"name":"limit","type":"string"},{"name":"per","type":"string"},{"name":"requests","type":"int"},{"name":"seconds","type":"int"},{"name":"onOutage","type":"string"}]}}},{"name":"plans","type":{"type":"array","items":{"type":"record","name":"PolicyPlan","namespace":"bizosaas.common.v1","fields":[{"name":"plan","type":"string"},{"name":"tenants","type":{"type":"array","items":"string"}},{"name":"requests","type":"long"},{"name":"per","type":"string"},{"name":"onOutage","type":"string"}]}}},{"name":"corsOrigins","type":{"type":"array","items":"string"}}]}}]},
    ],
  },
  AdAccountRegistered: {
    context: 'integrations',
    category: 'adAccount',
    versions: [
      {"type":"record","name":"AdAccountRegistered","namespace":"bizosaas.integrations.v1","fields":[{"name":"adAccountId","type":"string"},{"name":"clientId","type":"string"},{"name":"platform","type":{"type":"enum","name":"Platform","namespace":"bizosaas.common.v1","symbols":["google","meta","linkedin"]}},{"name":"externalId","type":"string"},{"name":"name","type":"string"},{"name":"currency","type":"string"},{"name":"timeZone","type":"string"}]},
    ],
  },
  MetricsObserved: {
    context: 'integrations',
    category: 'adAccountDay',
    versions: [
      {"type":"record","name":"MetricsObserved","namespace":"bizosaas.integrations.v1","fields":[{"name":"adAccountId","type":"string"},{"name":"clientId","type":"string"},{"name":"platform","type":{"type":"enum","name":"Platform","namespace":"bizosaas.common.v1","symbols":["google","meta","linkedin"]}},{"name":"currency","type":"string"},{"name":"date","type":{"type":"int","logicalType":"date"}},{"name":"rows","type":{"type":"array","items":{"type":"record","name":"Reading","namespace":"bizosaas.common.v1","fields":[{"name":"key","type":{"type":"record","name":"MetricsKey","namespace":"bizosaas.common.v1","fields":[{"name":"platformCampaignId","type":"string"},{"name":"adSetId","type":["null","string"],"default":null},{"name":"adId","type":["null","string"],"default":null},{"name":"breakdown","type":{"type":"map","values":"string"},"default":{}},{"name":"attributionWindow","type":"string","default":"default"}]}},{"name":"measures","type":{"type":"record","name":"Measures","namespace":"bizosaas.common.v1","fields":[{"name":"impressions","type":"long"},{"name":"clicks","type":"long"},{"name":"spendMicros","type":"long"},{"name":"conversions","type":{"type":"array","items":{"type":"record","name":"Conversion","namespace":"bizosaas.common.v1","fields":[{"name":"type","type":"string"},{"name":"countMicros","type":"long"},{"name":"valueMicros","type":"long","default":0}]}}}]}}]}}}]},
    ],
  },
  MetricsRestated: {
    context: 'integrations',
    category: 'adAccountDay',
    versions: [
      {"type":"record","name":"MetricsRestated","namespace":"bizosaas.integrations.v1","fields":[{"name":"adAccountId","type":"string"},{"name":"clientId","type":"string"},{"name":"platform","type":{"type":"enum","name":"Platform","namespace":"bizosaas.common.v1","symbols":["google","meta","linkedin"]}},{"name":"currency","type":"string"},{"name":"date","type":{"type":"int","logicalType":"date"}},{"name":"rows","type":{"type":"array","items":{"type":"record","name":"Restatement","namespace":"bizosaas.common.v1","fields":[{"name":"key","type":{"type":"record","name":"MetricsKey","namespace":"bizosaas.common.v1","fields":[{"name":"platformCampaignId","type":"string"},{"name":"adSetId","type":["null","string"],"default":null},{"name":"adId","type":["null","string"],"default":null},{"name":"breakdown","type":{"type":"map","values":"string"},"default":{}},{"name":"attributionWindow","type":"string","default":"default"}]}},{"name":"before","type":{"type":"record","name":"Measures","namespace":"bizosaas.common.v1","fields":[{"name":"impressions","type":"long"},{"name":"clicks","type":"long"},{"name":"spendMicros","type":"long"},{"name":"conversions","type":{"type":"array","items":{"type":"record","name":"Conversion","namespace":"bizosaas.common.v1","fields":[{"name":"type","type":"string"},{"name":"countMicros","type":"long"},{"name":"valueMicros","type":"long","default":0}]}}}]}},{"name":"after","type":"bizosaas.common.v1.Measures"}]}}}]},
    ],
  },
  Unreadable: {
    context: 'system',
    category: null,
    versions: [
      {"type":"record","name":"Unreadable","namespace":"bizosaas.system.v1","fields":[{"name":"type","type":"string"},{"name":"bytes","type":"bytes"},{"name":"error","type":"string"}]},
    ],
  },
  ApplicationRegistered: {
    context: 'users',
    category: 'application',
    versions: [
      {"type":"record","name":"ApplicationRegistered","namespace":"bizosaas.users.v1","fields":[{"name":"applicationId","type":"string"},{"name":"title","type":"string"},{"name":"hasSecret","type":"boolean"},{"name":"redirectUris","type":{"type":"array","items":"string"}},{"name":"roles","type":{"type":"array","items":"string"}},{"name":"clients","type":["null",{"type":"array","items":"string"}],"default":null}]},
    ],
  },
  ApplicationRetired: {
    context: 'users',
    category: 'application',
    versions: [
      {"type":"record","name":"ApplicationRetired","namespace":"bizosaas.users.v1","fields":[{"name":"applicationId","type":"string"}]},
    ],
  },
  ApplicationSecretRotated: {
    context: 'users',
    category: 'application',
    versions: [
      {"type":"record","name":"ApplicationSecretRotated","namespace":"bizosaas.users.v1","fields":[{"name":"applicationId","type":"string"},{"name":"secretVersion","type":"int"}]},
    ],
  },
  IdentityLinked: {
    context: 'users',
    category: 'identityLink',
    versions: [
      {"type":"record","name":"IdentityLinked","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"issuer","type":"string"},{"name":"identity","type":"string"}]},
    ],
  },
  IdentityUnlinked: {
    context: 'users',
    category: 'identityLink',
    versions: [
      {"type":"record","name":"IdentityUnlinked","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"identity","type":"string"}]},
    ],
  },
  InvitationAccepted: {
    context: 'users',
    category: 'invitation',
    versions: [
      {"type":"record","name":"InvitationAccepted","namespace":"bizosaas.users.v1","fields":[{"name":"invitationId","type":"string"}]},
    ],
  },
  InvitationIssued: {
    context: 'users',
    category: 'invitation',
    versions: [
      {"type":"record","name":"InvitationIssued","namespace":"bizosaas.users.v1","fields":[{"name":"invitationId","type":"string"},{"name":"userId","type":"string"},{"name":"clientId","type":["null","string"],"default":null},{"name":"expiresAt","type":{"type":"long","logicalType":"timestamp-micros"}}]},
    ],
  },
  InvitationWithdrawn: {
    context: 'users',
    category: 'invitation',
    versions: [
      {"type":"record","name":"InvitationWithdrawn","namespace":"bizosaas.users.v1","fields":[{"name":"invitationId","type":"string"}]},
    ],
  },
  MembershipAssigned: {
    context: 'users',
    category: 'membership',
    versions: [
      {"type":"record","name":"MembershipAssigned","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"clientId","type":["null","string"],"default":null},{"name":"roles","type":{"type":"array","items":"string"}},{"name":"customRoles","type":{"type":"array","items":"string"}},{"name":"clients","type":["null",{"type":"array","items":"string"}],"default":null}]},
    ],
  },
  MembershipRevoked: {
    context: 'users',
    category: 'membership',
    versions: [
      {"type":"record","name":"MembershipRevoked","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"}]},
    ],
  },
  PersonalDataRead: {
    context: 'users',
    category: 'personalDataRead',
    versions: [
      {"type":"record","name":"PersonalDataRead","namespace":"bizosaas.users.v1","fields":[{"name":"readId","type":"string"},{"name":"route","type":"string"},{"name":"subjects","type":{"type":"array","items":"string"}}]},
    ],
  },
  RecoveryCodeUsed: {
    context: 'users',
    category: 'secondFactor',
    versions: [
      {"type":"record","name":"RecoveryCodeUsed","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"enrolmentId","type":"string"},{"name":"number","type":"int"}]},
    ],
  },
  RoleDefined: {
    context: 'users',
    category: 'role',
    versions: [
      {"type":"record","name":"RoleDefined","namespace":"bizosaas.users.v1","fields":[{"name":"roleId","type":"string"},{"name":"name","type":"string"},{"name":"permissions","type":{"type":"array","items":"string"}}]},
    ],
  },
  RoleRetired: {
    context: 'users',
    category: 'role',
    versions: [
      {"type":"record","name":"RoleRetired","namespace":"bizosaas.users.v1","fields":[{"name":"roleId","type":"string"}]},
    ],
  },
  RoleRevised: {
    context: 'users',
    category: 'role',
    versions: [
      {"type":"record","name":"RoleRevised","namespace":"bizosaas.users.v1","fields":[{"name":"roleId","type":"string"},{"name":"name","type":"string"},{"name":"permissions","type":{"type":"array","items":"string"}}]},
    ],
  },
  SecondFactorConfirmed: {
    context: 'users',
    category: 'secondFactor',
    versions: [
      {"type":"record","name":"SecondFactorConfirmed","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"enrolmentId","type":"string"}]},
    ],
  },
  SecondFactorEnrolled: {
    context: 'users',
    category: 'secondFactor',
    versions: [
      {"type":"record","name":"SecondFactorEnrolled","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"enrolmentId","type":"string"},{"name":"secret","type":{"type":"record","name":"Sealed","namespace":"bizosaas.common.v1","fields":[{"name":"subject","type":"string"},{"name":"keyVersion","type":"int"},{"name":"bytes","type":"bytes"}]}}]},
    ],
  },
  SecondFactorRemoved: {
    context: 'users',
    category: 'secondFactor',
    versions: [
      {"type":"record","name":"SecondFactorRemoved","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"}]},
    ],
  },
  SessionReuseDetected: {
    context: 'users',
    category: 'session',
    versions: [
      {"type":"record","name":"SessionReuseDetected","namespace":"bizosaas.users.v1","fields":[{"name":"sessionId","type":"string"}]},
    ],
  },
  SessionSignedOut: {
    context: 'users',
    category: 'session',
    versions: [
      {"type":"record","name":"SessionSignedOut","namespace":"bizosaas.users.v1","fields":[{"name":"sessionId","type":"string"}]},
    ],
  },
  SessionStarted: {
    context: 'users',
    category: 'session',
    versions: [
      {"type":"record","name":"SessionStarted","namespace":"bizosaas.users.v1","fields":[{"name":"sessionId","type":"string"},{"name":"userId","type":"string"},{"name":"applicationId","type":"string"},{"name":"device","type":{"type":"record","name":"Sealed","namespace":"bizosaas.common.v1","fields":[{"name":"subject","type":"string"},{"name":"keyVersion","type":"int"},{"name":"bytes","type":"bytes"}]}},{"name":"address","type":"bizosaas.common.v1.Sealed"}]},
      {"type":"record","name":"SessionStarted","namespace":"bizosaas.users.v1","fields":[{"name":"sessionId","type":"string"},{"name":"userId","type":"string"},{"name":"applicationId","type":"string"},{"name":"device","type":{"type":"record","name":"Sealed","namespace":"bizosaas.common.v1","fields":[{"name":"subject","type":"string"},{"name":"keyVersion","type":"int"},{"name":"bytes","type":"bytes"}]}},{"name":"address","type":"bizosaas.common.v1.Sealed"},{"name":"methods","type":{"type":"array","items":"string"},"default":[]}]},
    ],
  },
  TenantActivated: {
    context: 'users',
    category: 'tenant',
    versions: [
      {"type":"record","name":"TenantActivated","namespace":"bizosaas.users.v1","fields":[{"name":"tenantId","type":"string"}]},
    ],
  },
  TenantOffboarded: {
    context: 'users',
    category: 'tenant',
    versions: [
      {"type":"record","name":"TenantOffboarded","namespace":"bizosaas.users.v1","fields":[{"name":"tenantId","type":"string"}]},
    ],
  },
  TenantProvisioned: {
    context: 'users',
    category: 'tenant',
    versions: [
      {"type":"record","name":"TenantProvisioned","namespace":"bizosaas.users.v1","fields":[{"name":"tenantId","type":"string"},{"name":"agencyId","type":["null","string"],"default":null},{"name":"name","type":"string"}]},
    ],
  },
  TenantRenamed: {
    context: 'users',
    category: 'tenant',
    versions: [
      {"type":"record","name":"TenantRenamed","namespace":"bizosaas.users.v1","fields":[{"name":"tenantId","type":"string"},{"name":"name","type":"string"}]},
    ],
  },
  TenantSuspended: {
    context: 'users',
    category: 'tenant',
    versions: [
      {"type":"record","name":"TenantSuspended","namespace":"bizosaas.users.v1","fields":[{"name":"tenantId","type":"string"},{"name":"reason","type":"string"}]},
    ],
  },
  UserActivated: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserActivated","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"}]},
    ],
  },
  UserDeactivated: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserDeactivated","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"}]},
    ],
  },
  UserEmailChanged: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserEmailChanged","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"email","type":{"type":"record","name":"Sealed","namespace":"bizosaas.common.v1","fields":[{"name":"subject","type":"string"},{"name":"keyVersion","type":"int"},{"name":"bytes","type":"bytes"}]}},{"name":"emailDigest","type":"string"}]},
    ],
  },
  UserErased: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserErased","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"keyVersions","type":{"type":"array","items":"int"}},{"name":"destroyedAt","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"destroyedBy","type":"string"}]},
    ],
  },
  UserErasureRequested: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserErasureRequested","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"}]},
    ],
  },
  UserInvited: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserInvited","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"clientId","type":["null","string"],"default":null},{"name":"email","type":{"type":"record","name":"Sealed","namespace":"bizosaas.common.v1","fields":[{"name":"subject","type":"string"},{"name":"keyVersion","type":"int"},{"name":"bytes","type":"bytes"}]}},{"name":"emailDigest","type":"string"},{"name":"givenName","type":"bizosaas.common.v1.Sealed"},{"name":"familyName","type":"bizosaas.common.v1.Sealed"}]},
    ],
  },
  UserLocked: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserLocked","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"}]},
    ],
  },
  UserPreferencesSet: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserPreferencesSet","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"locale","type":"string"},{"name":"timeZone","type":"string"},{"name":"notifications","type":{"type":"map","values":"boolean"}}]},
    ],
  },
  UserProfileChanged: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserProfileChanged","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"},{"name":"givenName","type":{"type":"record","name":"Sealed","namespace":"bizosaas.common.v1","fields":[{"name":"subject","type":"string"},{"name":"keyVersion","type":"int"},{"name":"bytes","type":"bytes"}]}},{"name":"familyName","type":"bizosaas.common.v1.Sealed"},{"name":"phone","type":["null","bizosaas.common.v1.Sealed"],"default":null}]},
    ],
  },
  UserUnlocked: {
    context: 'users',
    category: 'user',
    versions: [
      {"type":"record","name":"UserUnlocked","namespace":"bizosaas.users.v1","fields":[{"name":"userId","type":"string"}]},
    ],
  },
}

export const metadataSchemas: readonly AvroSchema[] = [
  {"type":"record","name":"Metadata","namespace":"bizosaas.system.v1","fields":[{"name":"tenantId","type":"string"},{"name":"clientId","type":["null","string"],"default":null},{"name":"actor","type":"string"},{"name":"commandId","type":"string"},{"name":"bodyHash","type":"string","default":""},{"name":"correlationId","type":"string"},{"name":"causationId","type":"string"},{"name":"recordedAt","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"schemaVersion","type":"string"},{"name":"traceparent","type":["null","string"],"default":null}]},
  {"type":"record","name":"Metadata","namespace":"bizosaas.system.v1","fields":[{"name":"tenantId","type":"string"},{"name":"clientId","type":["null","string"],"default":null},{"name":"actor","type":"string"},{"name":"commandId","type":"string"},{"name":"bodyHash","type":"string","default":""},{"name":"correlationId","type":"string"},{"name":"causationId","type":"string"},{"name":"recordedAt","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"schemaVersion","type":"string"},{"name":"traceparent","type":["null","string"],"default":null},{"name":"roles","type":["null","string"],"default":null},{"name":"origin","type":["null","string"],"default":null}]},
]
