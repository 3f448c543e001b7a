import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'

/** Made at the first start, kept in `<data>/secrets`, readable by the owner alone. */
export type Secrets = {
  readonly postgres: Readonly<Record<'postgres' | 'bizosaas' | 'relay' | 'auditor' | 'projector' | 'query', string>>
  readonly clickhouse: Readonly<Record<'admin' | 'projector' | 'query', string>>
  readonly valkey: string
  /** HMAC key of the claims, hex. */
  readonly claimKey: string
  /** ES256 key pair of the access tokens, PEM (PKCS 8, SPKI). */
  readonly jwtPrivateKeyFile: string
  readonly jwtPublicKeyFile: string
}

type Generated = Omit<Secrets, 'jwtPrivateKeyFile' | 'jwtPublicKeyFile'>

/** Reads the secrets of a data folder; makes those that are missing. */
export function readSecrets(dataFolder: string): Secrets {
  const folder = path.join(dataFolder, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const file = path.join(folder, 'secrets.json')
  const generated = complete(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}, file)
  const jwtPrivateKeyFile = path.join(folder, 'jwt-private.pem')
  const jwtPublicKeyFile = path.join(folder, 'jwt-public.pem')
  if (!existsSync(jwtPrivateKeyFile) || !existsSync(jwtPublicKeyFile)) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    writeSecret(jwtPublicKeyFile, publicKey)
    writeSecret(jwtPrivateKeyFile, privateKey)
  }
  return { ...generated, jwtPrivateKeyFile, jwtPublicKeyFile }
}

/** Adds those that a later release needs to what an earlier one made. */
function complete(known: Partial<Generated>, file: string): Generated {
  const fresh = generate()
  const all = {
    ...fresh,
    ...known,
    postgres: { ...fresh.postgres, ...known.postgres },
    clickhouse: { ...fresh.clickhouse, ...known.clickhouse },
  }
  if (!isDeepStrictEqual(all, known)) writeSecret(file, JSON.stringify(all, null, 2))
  return all
}

/** Writes a file that only its owner can read, whole or not at all. */
export function writeSecret(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

const generate = (): Generated => ({
  postgres: {
    postgres: password(),
    bizosaas: password(),
    relay: password(),
    auditor: password(),
    projector: password(),
    query: password(),
  },
  clickhouse: { admin: password(), projector: password(), query: password() },
  valkey: password(),
  claimKey: randomBytes(32).toString('hex'),
})

/** Letters and digits only, so that it needs no escape in a URL or a configuration file. */
const password = () => randomBytes(24).toString('hex')
