import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { importFile } from './import-file.ts'
import { readMapping } from './mapping.ts'

/**
 * What the command does with every answer that the API may give. A service that gives them in turn is scripted here, since the real one does
 * not fail when told to; how it takes observations is held by its own tests, and both together by the flow tests.
 */
interface Asked {
  readonly key: string | undefined
  readonly ads: readonly string[]
}
type Reply = (asked: Asked) => { status: number; body: unknown; retryAfter?: string }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bizosaas-import-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function importInto(replies: Reply[], rows: number, more: Partial<Parameters<typeof importFile>[0]> = {}) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const { rows } = JSON.parse(text) as { rows: { adId: string }[] }
    asked.push({ key: request.headers['idempotency-key']?.toString(), ads: rows.map(({ adId }) => adId) })
    const reply = replies[Math.min(asked.length, replies.length) - 1] as Reply
    const { status, body, retryAfter } = reply(asked.at(-1) as Asked)
    response.writeHead(status, {
      'x-consistency-token': `t${asked.length}`,
      ...(retryAfter && { 'retry-after': retryAfter }),
    })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const file = join(folder, 'ads.csv')
  const header =
    'Date,ad_id,xyz_campaign_id,fb_campaign_id,age,gender,interest,Impressions,Clicks,Spent,Total_Conversion,Approved_Conversion'
  const lines = Array.from({ length: rows }, (_, n) => `31-08-2023,${n},916,103916,30-34,M,15,7350,1,1.42,2,1`)
  await writeFile(file, [header, ...lines].join('\n'))
  const told: string[] = []
  const result = await importFile({
    file,
    mapping: await readMapping('facebook-ads'),
    to: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, adAccountId: 'a', token: 't' },
    pageSize: 2,
    run: 'run',
    onRefused: ({ line, reason }) => told.push(`${line}: ${reason}`),
    ...more,
  }).finally(() => server.close())
  return { asked, told, ...result }
}

const taken: Reply = ({ ads }) => ({ status: 200, body: { observed: ads.length, restated: 0, unchanged: 0 } })
const counts = (observed: number) => ({ observed, restated: 0, unchanged: 0 })

describe('importing a file', () => {
  test('sends every row once, in pages, each with a key of its own, and keeps the last token', async () => {
    const done = await importInto([taken], 5)
    expect(done.asked).toEqual([
      { key: 'run:1', ads: ['0', '1'] },
      { key: 'run:2', ads: ['2', '3'] },
      { key: 'run:3', ads: ['4'] },
    ])
    expect(done).toMatchObject({ counts: counts(5), told: [], pages: 3, consistencyToken: 't3' })
  })

  test('sends a page again under the same key while the service is busy or away', async () => {
    const again =
      (status: number): Reply =>
      () => ({ status, body: { detail: 'later' }, retryAfter: '0' })
    const done = await importInto([again(429), again(503), again(502), taken], 2)
    expect(done.asked.map(({ key }) => key)).toEqual(['run:1', 'run:1', 'run:1', 'run:1'])
    expect(done.counts).toEqual(counts(2))
  })

  test('leaves out rows that the service refuses, names their lines, and sends the rest under another key', async () => {
    const errors = [{ in: 'body', pointer: '/rows/1/impressions', detail: 'must be at most 9007199254740991' }]
    const refuse: Reply = () => ({ status: 422, body: { detail: 'no', errors } })
    const done = await importInto([refuse, taken], 3, { pageSize: 10 })
    expect(done.asked).toEqual([
      { key: 'run:1', ads: ['0', '1', '2'] },
      { key: 'run:1:2', ads: ['0', '2'] },
    ])
    expect(done).toMatchObject({
      counts: counts(2),
      refused: 1,
      told: ['3: impressions must be at most 9007199254740991'],
    })
  })

  test('goes on after the pages that were answered before, and adds to what was counted', async () => {
    const begin = { pages: 2, counts: counts(4), refused: 1 }
    const done = await importInto([taken], 5, { begin })
    expect(done.asked).toEqual([{ key: 'run:3', ads: ['4'] }])
    expect(done.counts).toEqual(counts(5))
  })

  test('stops at an answer that will not change, with what the service says', async () => {
    const notFound: Reply = () => ({ status: 404, body: { detail: 'There is no ad account a.' } })
    await expect(importInto([notFound], 5)).rejects.toThrow('404 There is no ad account a.')
  })
})
