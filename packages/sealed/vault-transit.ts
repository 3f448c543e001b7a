import { StoreUnavailable } from '@bizosaas/databases'
import { CannotOpen } from './errors.ts'
import type { MasterKey } from './master-key.ts'

const answerWithinMs = 5_000

/**
 * A key of HashiCorp Vault's (or OpenBao's) transit engine: it never leaves Vault.
 *
 * @param url of the key, as `https://vault:8200/v1/transit/keys/people`
 * @param token read anew for each request, since an agent renews it
 */
export function vaultTransit(url: string, token: () => string): MasterKey {
  const parts = /^(https?:\/\/.+)\/keys\/([^/]+)$/.exec(url)
  if (!parts) throw new TypeError('The address of a transit key ends in /keys/<name>.')
  const [, mount, name] = parts
  const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

  const ask = async <Answer>(verb: 'encrypt' | 'decrypt', body: object): Promise<Answer> => {
    const request = {
      method: 'POST',
      headers: { 'X-Vault-Token': token(), 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerWithinMs),
    }
    const answer = await fetch(`${mount}/${verb}/${name}`, request).catch((error) => {
      throw new StoreUnavailable('Vault', error)
    })
    const { data, errors } = (await answer.json().catch(() => ({}))) as { data?: Answer; errors?: readonly string[] }
    if (answer.status >= 500 || answer.status === 429)
      throw new StoreUnavailable('Vault', new Error(`it answers ${answer.status}`))
    if (!answer.ok || data === undefined)
      throw new CannotOpen(`Vault refuses to ${verb} with ${name}: ${answer.status} ${errors?.join(', ') ?? ''}`.trim())
    return data
  }

  return {
    id: `vault:${name}`,
    wrap: async (dataKey, about) => {
      const body = { plaintext: base64(dataKey), associated_data: base64(about) }
      return (await ask<{ ciphertext: string }>('encrypt', body)).ciphertext
    },
    unwrap: async (wrapped) => {
      if (wrapped.length === 0) return []
      const batch = wrapped.map(({ text, about }) => ({ ciphertext: text, associated_data: base64(about) }))
      const { batch_results: results } = await ask<{
        batch_results: readonly { plaintext?: string; error?: string }[]
      }>('decrypt', { batch_input: batch })
      return wrapped.map(({ about }, n) => {
        const { plaintext, error } = results[n] ?? {}
        if (!plaintext) throw new CannotOpen(`Vault does not open the key ${about}: ${error ?? 'no answer'}`)
        return Buffer.from(plaintext, 'base64')
      })
    },
  }
}
