import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Role, readSigningKeys, signAccessToken } from '@bizosaas/http'
import { readSettings } from '@bizosaas/runtime'
import { TenantId } from '@bizosaas/schemas'
import { host } from './addresses.ts'
import { step } from './bootstrap/progress.mjs'
import type { Up } from './bring-up.ts'
import { loadSample } from './sample/load.ts'
import { makePeople, samplePeople, signInUrl } from './sample/people.ts'
import { printPerformance } from './sample/performance.ts'
import { type Seen, tokensAsOfNow } from './sample/seen.ts'
import { readSecrets, writeSecret } from './secrets.ts'

/** Whoever runs the system: what sets the agency up is sent in their name. */
const operators = TenantId.parse('00000000-0000-4000-8000-000000000000')

/** The agency that the sample belongs to: its id follows from the command that sets it up, so that examples can name it. */
export const sampleTenant = TenantId.parse('51daff89-85a1-55f2-85a6-950b56389445')

/** Loads the sample data through the public commands, on the first start only, and prints how its campaigns perform. */
export async function showSample({ dataFolder, environment }: Up, print: (line: string) => void): Promise<void> {
  const settings = readSettings(
    [
      'JWT_ISSUER',
      'JWT_AUDIENCE',
      'SIGNING_KEYS_DIR',
      'USERS_PORT',
      'CAMPAIGNS_PORT',
      'INTEGRATIONS_PORT',
      'QUERY_PORT',
      'TOPIC_GENERATION',
      'TOPIC_PARTITIONS',
    ],
    environment,
  )
  const tokenFor = (role: Role, tenantId = sampleTenant) =>
    signAccessToken({
      privateKey: readSigningKeys(settings.SIGNING_KEYS_DIR)[0].privateKey,
      issuer: settings.JWT_ISSUER,
      audience: settings.JWT_AUDIENCE,
      subject: 'sample-data',
      tenantId,
      roles: [role],
      expiresInSeconds: 600,
    })
  const token = tokenFor('owner')
  const password = readSecrets(dataFolder).samplePassword
  const redirectUri = `${settings.JWT_ISSUER}/sessions`
  const loaded = await loadOnce(path.join(dataFolder, 'sample-agency.json'), async () => {
    const people = await makePeople({
      usersUrl: `http://${host}:${settings.USERS_PORT}`,
      operator: tokenFor('operator', operators),
      owner: token,
      service: tokenFor('service'),
      password,
      redirectUri,
    })
    if (people.agencyId !== sampleTenant) throw new Error(`The sample's agency is ${people.agencyId}.`)
    const loaded = await loadSample({
      campaignsUrl: `http://${host}:${settings.CAMPAIGNS_PORT}`,
      integrationsUrl: `http://${host}:${settings.INTEGRATIONS_PORT}`,
      token,
      clientId: people.clientIds[0] ?? '',
      print: (line) => print(`  ${line}`),
    })
    return { ...loaded, application: people.application }
  })
  const after = tokensAsOfNow(loaded, sampleTenant, settings)
  print('')
  await printPerformance({ queryUrl: `http://${host}:${settings.QUERY_PORT}`, token, after, print })
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url')
  print(`
Sign in as one of
  ${samplePeople.join('\n  ')}
with the password ${password} at
  ${signInUrl(settings.JWT_ISSUER, loaded.application, redirectUri, challenge)}`)
}

/**
 * What the read models must have seen is kept beside the data, for the later starts to ask with.
 */
async function loadOnce(file: string, load: () => Promise<Seen>): Promise<Seen> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Seen
  const shown = step('Sample data', 'public commands')
  try {
    const { adAccountId, consistencyTokens, application } = await load()
    writeSecret(file, JSON.stringify({ adAccountId, consistencyTokens, application }))
    shown.done('loaded')
    return { adAccountId, consistencyTokens, application }
  } catch (error) {
    shown.failed()
    throw error
  }
}
