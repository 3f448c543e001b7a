import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { signAccessToken } from '@bizosaas/http'
import { readSettings } from '@bizosaas/runtime'
import { TenantId } from '@bizosaas/schemas'
import { host } from './addresses.ts'
import { step } from './bootstrap/progress.mjs'
import type { Up } from './bring-up.ts'
import { loadSample } from './sample/load.ts'
import { printPerformance } from './sample/performance.ts'
import { type Seen, tokensAsOfNow } from './sample/seen.ts'
import { writeSecret } from './secrets.ts'

/** The agency that the sample data belongs to; always the same, so that examples can name it. */
export const sampleTenant = TenantId.parse('8f14e45f-ceea-467f-a0e6-6c6b2a6b3c11')

/** Loads the sample data through the public commands, on the first start only, and prints how its campaigns perform. */
export async function showSample({ dataFolder, environment }: Up, print: (line: string) => void): Promise<void> {
  const settings = readSettings(
    [
      'JWT_ISSUER',
      'JWT_AUDIENCE',
      'CAMPAIGNS_PORT',
      'INTEGRATIONS_PORT',
      'QUERY_PORT',
      'TOPIC_GENERATION',
      'TOPIC_PARTITIONS',
    ],
    environment,
  )
  const token = signAccessToken({
    privateKey: createPrivateKey(readFileSync(path.join(dataFolder, 'secrets', 'jwt-private.pem'))),
    issuer: settings.JWT_ISSUER,
    audience: settings.JWT_AUDIENCE,
    subject: 'sample-data',
    tenantId: sampleTenant,
    roles: ['owner'],
    expiresInSeconds: 600,
  })
  const loaded = await loadOnce(path.join(dataFolder, 'sample.json'), () =>
    loadSample({
      campaignsUrl: `http://${host}:${settings.CAMPAIGNS_PORT}`,
      integrationsUrl: `http://${host}:${settings.INTEGRATIONS_PORT}`,
      token,
      print: (line) => print(`  ${line}`),
    }),
  )
  const after = tokensAsOfNow(loaded, sampleTenant, settings)
  print('')
  await printPerformance({ queryUrl: `http://${host}:${settings.QUERY_PORT}`, token, after, print })
}

/**
 * What the read models must have seen is kept beside the data, for the later starts to ask with.
 */
async function loadOnce(file: string, load: () => Promise<Seen>): Promise<Seen> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Seen
  const shown = step('Sample data', 'public commands')
  try {
    const { adAccountId, consistencyTokens } = await load()
    writeSecret(file, JSON.stringify({ adAccountId, consistencyTokens }))
    shown.done('loaded')
    return { adAccountId, consistencyTokens }
  } catch (error) {
    shown.failed()
    throw error
  }
}
