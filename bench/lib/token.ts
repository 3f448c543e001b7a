import { randomUUID } from 'node:crypto'
import { type Role, readSigningKeys, signAccessToken } from '@bizosaas/http'

/** An access token of a new tenant, of its owner, unless another is said. */
export const newToken = (
  settings: Readonly<Record<string, string>>,
  role: Role = 'owner',
  tenantId: string = randomUUID(),
): string =>
  signAccessToken({
    privateKey: readSigningKeys(settings.SIGNING_KEYS_DIR ?? '')[0].privateKey,
    issuer: settings.JWT_ISSUER ?? '',
    audience: settings.JWT_AUDIENCE ?? 'bizosaas-api',
    subject: 'bench',
    tenantId,
    roles: [role],
    expiresInSeconds: 3_600,
  })
