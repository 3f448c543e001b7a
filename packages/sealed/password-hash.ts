import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Argon2id: of the settings that OWASP calls equal the one with the least memory, for many sign in at once. Keycloak has the same.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
const cost = { memory: 7_168, passes: 5, parallelism: 1 }
const tagLength = 32
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

/** As a PHC string, in which the parameters stand: those of older hashes stay readable when they are changed. */
export async function hashPassword(subject: string, password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive(subject, password, nonce, cost)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(nonce)}$${unpadded(tag)}`
}

/** Whether it was made with other parameters than new ones are. */
export function isOutdated(hash: string): boolean {
  const [, memory, passes, parallelism] = phc.exec(hash) ?? []
  return Number(memory) !== cost.memory || Number(passes) !== cost.passes || Number(parallelism) !== cost.parallelism
}

/** Without a hash it works as long, and says no. */
export async function isPassword(subject: string, password: string, hash: string | null): Promise<boolean> {
  const parts = phc.exec(hash ?? '')
  const [, memory, passes, parallelism, nonce = '', tag = ''] = parts ?? []
  const known = parts ? { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) } : cost
  const salt = parts ? Buffer.from(nonce, 'base64') : Buffer.alloc(16)
  const right = parts ? Buffer.from(tag, 'base64') : Buffer.alloc(tagLength)
  const given = await derive(subject, password, salt, known)
  return given.length === right.length && timingSafeEqual(given, right) && parts !== null
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')

/** One spelling for what looks the same. The subject is bound to it, so that a hash is worth nothing in another row. */
function derive(subject: string, password: string, nonce: Buffer, parameters: typeof cost): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'))
  const asked = { message, nonce, tagLength, associatedData: Buffer.from(subject), ...parameters }
  return new Promise((resolve, reject) => {
    argon2('argon2id', asked, (error, tag) => (error ? reject(error) : resolve(tag)))
  })
}
