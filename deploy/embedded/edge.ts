/** The process that answers requests: command services, query API, and the gateway in front of them. */
import { analyticsSettings, start as startAnalytics } from '@bizosaas/command-services/analytics/start.ts'
import { campaignsSettings, start as startCampaigns } from '@bizosaas/command-services/campaigns/start.ts'
import { routePolicySettings, start as startRoutePolicies } from '@bizosaas/command-services/gateway/start.ts'
import { integrationsSettings, start as startIntegrations } from '@bizosaas/command-services/integrations/start.ts'
import { start as startUsers, usersSettings } from '@bizosaas/command-services/users/start.ts'
import { gatewaySettings, start as startGateway } from '@bizosaas/gateway/start.ts'
import { querySettings, start as startQueries } from '@bizosaas/query-api/start.ts'
import { readSettings, runUnit } from '@bizosaas/runtime'
import { together } from './together.ts'

await runUnit('edge', () =>
  together([
    () => startUsers(readSettings(usersSettings, process.env)),
    () => startCampaigns(readSettings(campaignsSettings, process.env)),
    () => startAnalytics(readSettings(analyticsSettings, process.env)),
    () => startIntegrations(readSettings(integrationsSettings, process.env)),
    () => startRoutePolicies(readSettings(routePolicySettings, process.env)),
    () => startQueries(readSettings(querySettings, process.env)),
    () => startGateway(readSettings(gatewaySettings, process.env)),
  ]),
)
