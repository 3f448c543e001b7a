/** The process that answers requests: command services and query API. */
import { analyticsSettings, start as startAnalytics } from '@bizosaas/command-services/analytics/start.ts'
import { campaignsSettings, start as startCampaigns } from '@bizosaas/command-services/campaigns/start.ts'
import { integrationsSettings, start as startIntegrations } from '@bizosaas/command-services/integrations/start.ts'
import { querySettings, start as startQueries } from '@bizosaas/query-api/start.ts'
import { readSettings, runUnit } from '@bizosaas/runtime'
import { together } from './together.ts'

await runUnit('edge', () =>
  together([
    () => startCampaigns(readSettings(campaignsSettings, process.env)),
    () => startAnalytics(readSettings(analyticsSettings, process.env)),
    () => startIntegrations(readSettings(integrationsSettings, process.env)),
    () => startQueries(readSettings(querySettings, process.env)),
  ]),
)
