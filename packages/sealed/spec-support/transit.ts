import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { decrypt, encrypt } from '../box.ts'

type Item = { readonly plaintext?: string; readonly ciphertext?: string; readonly associated_data?: string }
type Body = Item & { readonly batch_input?: readonly Item[] }

/**
 * A server that speaks the part of the transit engine's documented API which is used here, with a real cipher: no Vault can
 * be had from the package registries. https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export async function startTransit(token: string) {
  const key = randomBytes(32)
  const prefix = 'vault:v1:'
  let sealed = false
  const about = ({ associated_data: data = '' }: Item) => Buffer.from(data, 'base64').toString()
  const verbs = {
    encrypt: (item: Item) => {
      const bytes = encrypt(key, about(item), Buffer.from(item.plaintext ?? '', 'base64'))
      return { ciphertext: `${prefix}${bytes.toString('base64')}` }
    },
    decrypt: (item: Item) => {
      const bytes = Buffer.from(item.ciphertext?.slice(prefix.length) ?? '', 'base64')
      return { plaintext: decrypt(key, about(item), bytes).toString('base64') }
    },
  }
  const tried = (run: () => object) => {
    try {
      return run()
    } catch {
      return { error: 'cipher: message authentication failed' }
    }
  }
  const answerTo = async (request: IncomingMessage): Promise<[number, object]> => {
    if (sealed) return [503, { errors: ['Vault is sealed'] }]
    if (request.headers['x-vault-token'] !== token) return [403, { errors: ['permission denied'] }]
    const verb = /^\/v1\/transit\/(encrypt|decrypt)\/people$/.exec(request.url ?? '')?.[1] as
      | keyof typeof verbs
      | undefined
    if (verb === undefined || request.method !== 'POST') return [404, { errors: [] }]
    const body = (await json(request)) as Body
    if (!body.batch_input) return [200, { data: verbs[verb](body) }]
    const results = body.batch_input.map((item) => tried(() => verbs[verb](item)))
    return [results.some((each) => 'error' in each) ? 400 : 200, { data: { batch_results: results } }]
  }
  const server = createServer(async (request, response) => {
    const [status, body] = await answerTo(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/transit/keys/people`,
    seal: () => {
      sealed = true
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}
