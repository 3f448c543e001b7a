import { describe, expect, test } from '@jest/globals'
import { columnsOf, parseMapping, readMapping } from './mapping.ts'
import { rowReader } from './rows.ts'

const header =
  'Date,ad_id,xyz_campaign_id,fb_campaign_id,age,gender,interest,Impressions,Clicks,Spent,Total_Conversion,Approved_Conversion'
const read = async (line: string) => rowReader(await readMapping('facebook-ads'), header.split(','))(line.split(','))

describe('a row by a mapping', () => {
  test('takes the keys, the breakdown, the counts, the rounded spend and the conversions of each type', async () => {
    expect(await read('31-08-2023,708746,916,103916,30-34,M,15,7350,1,1.429999948,2,1')).toEqual({
      row: {
        date: '2023-08-31',
        platformCampaignId: '916',
        adSetId: '103916',
        adId: '708746',
        breakdown: { age: '30-34', gender: 'M', interest: '15' },
        impressions: 7350,
        clicks: 1,
        spend: '1.43',
        conversions: [
          { type: 'total', count: '2' },
          { type: 'approved', count: '1' },
        ],
      },
    })
  })

  test.each([
    ['31-02-2023,708746,916,103916,30-34,M,15,7350,1,1.42,2,1', 'Date: "31-02-2023" is a day that does not exist'],
    ['31-08-2023,708746,,103916,30-34,M,15,7350,1,1.42,2,1', 'xyz_campaign_id is empty'],
    ['31-08-2023,708746,916,103916,30-34,M,15,-7,1,1.42,2,1', 'Impressions: "-7" is not a whole number from 0'],
    [
      '31-08-2023,708746,916,103916,30-34,M,15,7350,1,free,2,1',
      'Spent: "free" is not an amount with "." as decimal mark, from 0',
    ],
    ['31-08-2023,708746,916,103916,30-34,M,15,7350', 'Clicks is empty'],
  ])('%s is refused: %s', async (line, refused) => {
    expect(await read(line)).toEqual({ refused })
  })

  test('a constant stands in every row', () => {
    const mapping = parseMapping(
      JSON.stringify({
        delimiter: ';',
        decimalMark: ',',
        date: { column: 'Tag', format: 'd.m.yyyy' },
        platformCampaignId: { value: 'spring' },
        attributionWindow: { value: '7d_click' },
        impressions: 'Views',
        clicks: { value: '0' },
        spend: 'Kosten',
        conversions: { purchase: { count: { value: '1.5' }, value: 'Umsatz' } },
      }),
      'test',
    )
    expect(columnsOf(mapping)).toEqual(['Tag', 'Views', 'Kosten', 'Umsatz'])
    expect(rowReader(mapping, ['Tag', 'Views', 'Kosten', 'Umsatz'])(['1.2.2026', '10', '3,5', '99,90'])).toEqual({
      row: {
        date: '2026-02-01',
        platformCampaignId: 'spring',
        adSetId: null,
        adId: null,
        breakdown: {},
        attributionWindow: '7d_click',
        impressions: 10,
        clicks: 0,
        spend: '3.5',
        conversions: [{ type: 'purchase', count: '1.5', value: '99.90' }],
      },
    })
  })

  test('a file without a column that the mapping names is refused before any row', async () => {
    const mapping = await readMapping('facebook-ads')
    expect(() => rowReader(mapping, ['Date', 'Clicks'])).toThrow('has no column "xyz_campaign_id", "fb_campaign_id"')
  })
})

describe('a mapping file', () => {
  const mapping = {
    delimiter: ',',
    decimalMark: '.',
    date: { column: 'd', format: 'dd-mm-yyyy' },
    platformCampaignId: 'c',
    impressions: 'i',
    clicks: 'k',
    spend: 's',
  }
  test.each([
    ['{', 'is not JSON'],
    [JSON.stringify({ ...mapping, cost: 'x' }), 'cost is not a known field'],
    [JSON.stringify({ ...mapping, decimalMark: ' ' }), 'decimalMark'],
    [JSON.stringify({ ...mapping, spend: { column: 's', digits: 7 } }), 'spend'],
    [JSON.stringify({ ...mapping, clicks: undefined }), 'clicks'],
  ])('%s is refused with the field at fault', (text, message) => {
    expect(() => parseMapping(text, 'test')).toThrow(message)
  })

  test('one that is not there says which there are', async () => {
    await expect(readMapping('tiktok')).rejects.toThrow('ab-control-daily, ab-test-daily, facebook-ads')
    await expect(readMapping('./no/such.json')).rejects.toThrow('There is no mapping ./no/such.json')
  })
})
