import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readMapping } from './mapping.ts'
import { type Page, readPages } from './pages.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bizosaas-pages-'))
})
afterAll(() => rm(folder, { recursive: true }))

const sample = (name: string) => fileURLToPath(new URL(`../../deploy/embedded/sample/${name}`, import.meta.url))
async function all(pages: AsyncGenerator<Page>): Promise<Page[]> {
  const read: Page[] = []
  for await (const page of pages) read.push(page)
  return read
}

async function written(text: string) {
  const file = join(folder, 'file.csv')
  await writeFile(file, text)
  return file
}
const header =
  'Date,ad_id,xyz_campaign_id,fb_campaign_id,age,gender,interest,Impressions,Clicks,Spent,Total_Conversion,Approved_Conversion'
const line = (ad: number, clicks = 1) => `31-08-2023,${ad},916,103916,30-34,M,15,7350,${clicks},1.42,2,1`

describe('pages of a file', () => {
  test('hold all of the sample, to the last cent', async () => {
    const pages = await all(readPages(sample('facebook_ads.csv'), await readMapping('facebook-ads'), 500))
    expect(pages.map(({ number, rows }) => [number, rows.length])).toEqual([
      [1, 500],
      [2, 500],
      [3, 143],
    ])
    const rows = pages.flatMap(({ rows }) => rows.map(({ row }) => row))
    const sum = (value: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + value(row), 0)
    const count = (type: string) =>
      sum(({ conversions }) => Number(conversions.find((each) => each.type === type)?.count))
    expect(sum(({ impressions }) => impressions)).toBe(213_434_828)
    expect(sum(({ clicks }) => clicks)).toBe(38_165)
    expect(sum(({ spend }) => Math.round(Number(spend) * 100))).toBe(5_870_523)
    expect([count('total'), count('approved')]).toEqual([3264, 1079])
    expect(pages.flatMap(({ refused }) => refused)).toEqual([])
  })

  test('name the line with empty cells and hold the others, for dates with dots and ; between', async () => {
    const [control] = await all(readPages(sample('ab_control_daily.csv'), await readMapping('ab-control-daily'), 5000))
    expect(control?.rows).toHaveLength(29)
    expect(control?.refused).toEqual([{ line: 6, reason: 'Impressions is empty' }])
    expect(control?.rows[0]).toMatchObject({
      line: 2,
      row: { date: '2019-08-01', platformCampaignId: 'control', impressions: 82_702, clicks: 7016, spend: '2280' },
    })
    const [test] = await all(readPages(sample('ab_test_daily.csv'), await readMapping('ab-test-daily'), 5000))
    expect([test?.rows.length, test?.refused.length]).toEqual([30, 0])
  })

  test('hold a row of figures once: a later line of the same row begins a page', async () => {
    const file = await written([header, line(1), line(2), line(1, 2), line(3), ''].join('\n'))
    const pages = await all(readPages(file, await readMapping('facebook-ads'), 5000))
    expect(pages.map(({ rows }) => rows.map(({ line }) => line))).toEqual([
      [2, 3],
      [4, 5],
    ])
  })

  test('tell how many bytes of the file they end at', async () => {
    const text = [header, line(1), line(2), line(3), ''].join('\r\n')
    const pages = await all(readPages(await written(text), await readMapping('facebook-ads'), 2))
    expect(pages.map(({ bytes }) => bytes)).toEqual([text.indexOf('31-08-2023,3'), text.length])
  })

  test('are none of a file with column names alone, and an empty file says so', async () => {
    const mapping = await readMapping('facebook-ads')
    expect(await all(readPages(await written(header), mapping, 5000))).toEqual([])
    await expect(all(readPages(await written(''), mapping, 5000))).rejects.toThrow('is empty')
  })
})
