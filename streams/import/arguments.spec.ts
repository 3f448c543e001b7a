import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { readArguments } from './arguments.ts'

const file = fileURLToPath(new URL('arguments.ts', import.meta.url))

describe('the command line', () => {
  test('needs a file, an account and a token, and has a default for the rest', async () => {
    expect(await readArguments([file, '--account', 'a'], { BIZOSAAS_TOKEN: 't' })).toMatchObject({
      file,
      to: { url: 'http://127.0.0.1:8004', adAccountId: 'a', token: 't' },
      mapping: { platformCampaignId: 'xyz_campaign_id' },
      pageSize: 5000,
      resume: false,
    })
  })

  test('finds the service and the token by the settings', async () => {
    const env = { BIZOSAAS_TOKEN: 't', INTEGRATIONS_PORT: '9004' }
    expect(await readArguments([file, '--account', 'a'], env)).toMatchObject({
      to: { url: 'http://127.0.0.1:9004', token: 't' },
    })
    await expect(readArguments([file], { INTEGRATIONS_PORT: 'x' })).rejects.toThrow('INTEGRATIONS_PORT is "x"')
  })

  test('asks for help', async () => expect(await readArguments(['--help'], {})).toBeNull())

  test.each([
    [[], 'Name one CSV file'],
    [[file, file], 'Name one CSV file'],
    [['no/such.csv'], 'There is no file no/such.csv'],
    [[file], 'Name the ad account'],
    [[file, '--account', 'a'], 'Give an access token'],
    [[file, '--account', 'a', '--token', 't', '--url', 'localhost'], 'is not a URL'],
    [[file, '--account', 'a', '--token', 't', '--page-size', '5001'], 'from 1 to 5000'],
    [[file, '--account', 'a', '--token', 't', '--page-size', 'many'], 'from 1 to 5000'],
    [[file, '--account', 'a', '--token', 't', '--mapping', 'tiktok'], 'There is no mapping tiktok'],
    [[file, '--acount', 'a'], "Unknown option '--acount'"],
  ])('%j says what is wrong', async (args, message) => {
    await expect(readArguments(args, {})).rejects.toThrow(message)
  })
})
