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
}

export const metadataSchemas: readonly AvroSchema[] = [
  {"type":"record","name":"Metadata","namespace":"bizosaas.system.v1","fields":[{"name":"tenantId","type":"string"},{"name":"clientId","type":["null","string"],"default":null},{"name":"actor","type":"string"},{"name":"commandId","type":"string"},{"name":"bodyHash","type":"string","default":""},{"name":"correlationId","type":"string"},{"name":"causationId","type":"string"},{"name":"recordedAt","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"schemaVersion","type":"string"},{"name":"traceparent","type":["null","string"],"default":null}]},
]
