import { createPrivateKey, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { signAccessToken } from '@bizosaas/http'

/** An access token of an owner of a new tenant. */
export const ownerToken = (privateKeyFile: string): string =>
  signAccessToken({
    privateKey: createPrivateKey(readFileSync(privateKeyFile)),
    issuer: process.env.JWT_ISSUER ?? 'https://bizosaas.local',
    audience: process.env.JWT_AUDIENCE ?? 'bizosaas-api',
    subject: 'bench',
    tenantId: randomUUID(),
    roles: ['owner'],
    expiresInSeconds: 3_600,
  })
