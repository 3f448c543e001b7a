import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bearer, json, startService, type TestService, tenantId } from './spec-support/service.ts'

let service: TestService
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.serving())

const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(service.serving.url + path, { ...init, headers: { ...bearer(), ...init.headers } })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
const id = '0198c0de-0000-4000-8000-00000000000a'

describe('what a handler is given', () => {
  test('query parameters in the types of their schema', async () => {
    const { body } = await ask('/v1/widgets?limit=5&state=new,old&hidden=false&search=a%20b')
    expect(body).toEqual({ query: { limit: 5, state: ['new', 'old'], hidden: false, search: 'a b' }, tenant: tenantId })
  })
})
