import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'

/** Made at the first start, kept in `<data>/secrets`, readable by the owner alone. */
export type Secrets = {
  readonly postgres: Readonly<
    Record<
      'postgres' | 'bizosaas' | 'relay' | 'auditor' | 'projector' | 'query' | 'keeper' | 'opener' | 'oidc' | 'gateway',
      string
    >
  >
  readonly clickhouse: Readonly<Record<'admin' | 'projector' | 'query', string>>
  readonly valkey: string
  /** HMAC key of the claims, hex. */
  readonly claimKey: string
  /** Password of all people of the sample. */
  readonly samplePassword: string
  /** HMAC key of the look-ups by e-mail, hex. */
  readonly lookupKey: string
  /** ES256 keys of the access tokens, PEM (PKCS 8); the last by name signs. */
  readonly signingKeysFolder: string
  /** Wraps people's keys: 32 bytes, hex. Without it nothing that is personal can be read again. */
  readonly masterKeyFile: string
}

type Generated = Omit<Secrets, 'signingKeysFolder' | 'masterKeyFile'>

/** Reads the secrets of a data folder; makes those that are missing. */
export function readSecrets(dataFolder: string): Secrets {
  const folder = path.join(dataFolder, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const file = path.join(folder, 'secrets.json')
  const generated = complete(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}, file)
  const signingKeysFolder = path.join(folder, 'signing-keys')
  if (!existsSync(signingKeysFolder)) makeSigningKey(signingKeysFolder)
  const masterKeyFile = path.join(folder, 'master.key')
  if (!existsSync(masterKeyFile)) writeSecret(masterKeyFile, randomBytes(32).toString('hex'))
  return { ...generated, signingKeysFolder, masterKeyFile }
}

function makeSigningKey(folder: string): void {
  mkdirSync(folder, { mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const today = new Date().toISOString().slice(0, 10)
  writeSecret(path.join(folder, `${today}.pem`), String(privateKey.export({ type: 'pkcs8', format: 'pem' })))
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
    keeper: password(),
    opener: password(),
    oidc: password(),
    gateway: password(),
  },
  clickhouse: { admin: password(), projector: password(), query: password() },
  valkey: password(),
  claimKey: randomBytes(32).toString('hex'),
  samplePassword: randomBytes(9).toString('base64url'),
  lookupKey: randomBytes(32).toString('hex'),
})

/** Letters and digits only, so that it needs no escape in a URL or a configuration file. */
const password = () => randomBytes(24).toString('hex')
