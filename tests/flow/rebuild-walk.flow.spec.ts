/** docs/replay.md is walked as it stands there, on a system that runs from a copy of the sources. */
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { withoutSettings } from '../jest/without-settings.ts'
import { type Copy, copyOfSources } from '../planted/copy.ts'
import { type Agency, newAgency } from './agency.ts'
import { type Campaign, createCampaign, type Page } from './marketing.ts'
import { type OwnSystem, startOwnSystem } from './own-system.ts'
import { until } from './until.ts'

/** Of the sample data, and of the walk. */
const sampleTenant = '51daff89-85a1-55f2-85a6-950b56389445'

type Block = { readonly language: string; readonly text: string }

const walk = readFileSync(new URL('../../docs/replay.md', import.meta.url), 'utf8')
const blocks: readonly Block[] = [...walk.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
  language,
  text,
}))
const patch = blocks.find(({ language }) => language === 'diff')?.text ?? ''
/** Each run of commands, with what they print. */
const steps = blocks.flatMap(({ language, text: commands }, n) => {
  const next = blocks[n + 1]
  return language === 'sh'
    ? [{ commands, prints: next?.language === 'text' ? next.text.trimEnd().split('\n') : [] }]
    : []
})

let copy: Copy
let own: OwnSystem
let agency: Agency
beforeAll(async () => {
  copy = copyOfSources()
  own = await startOwnSystem({}, copy.folder)
  agency = newAgency(own.system, sampleTenant)
}, 180_000)
afterAll(async () => {
  await own?.stop()
  copy?.remove()
}, 90_000)

const run = async (commands: string, env: Readonly<Record<string, string>>): Promise<string> => {
  const { BIZOSAAS_DATA_DIR: _, ...settings } = own.settings
  const child = spawn('bash', ['-c', commands], {
    cwd: copy.folder,
    env: { ...withoutSettings(process.env), ...settings, ...env, BIZOSAAS_DATA_DIR: own.folder, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return out + err
}

/** A line of the walk, in which … stands for anything. */
const pattern = (line: string) => new RegExp(`^${line.split('…').map(RegExp.escape).join('.*')}$`, 'm')

const names = async () => {
  const { body } = await agency.ask<Page<Campaign>>('GET', '/v1/campaigns')
  return body.items.map(({ name }) => name).sort()
}

test('the walk through a rebuild goes as it is written', async () => {
  expect(steps.length).toBeGreaterThan(5)
  const { id } = await createCampaign(agency, 'Spring')
  await createCampaign(agency, 'Autumn')
  await agency.ask('PUT', `/v1/campaigns/${id}/budget`, { body: { amount: '5.00', currency: 'EUR' } })
  const renamed = await createCampaign(agency, 'Winter')
  const { token } = await agency.ask('POST', `/v1/campaigns/${renamed.id}/rename`, { body: { name: 'Snow' } })
  const before = ['Autumn', 'Snow', 'Spring']
  await agency.ask('GET', '/v1/campaigns', { after: token })
  expect(await names()).toEqual(before)

  execFileSync('git', ['apply', '-'], { cwd: copy.folder, input: patch })
  own.kill('flow')
  await until('the new release runs', 60_000, own.isWhole)

  const served: string[][] = []
  let digest = ''
  let operator = {}
  for (const { commands, prints } of steps) {
    const said = await run(`${commands.replaceAll('<digest>', digest)}\necho "$BIZOSAAS_TOKEN" >&2`, operator)
    for (const line of prints) expect(said).toMatch(pattern(line))
    digest ||= /--accept-diff (\w+)/.exec(said)?.[1] ?? ''
    operator = { BIZOSAAS_TOKEN: said.trimEnd().split('\n').at(-1) ?? '' }
    if (commands.includes(' diff ')) {
      // By other code: those that kept their first name, and each of its cells that differs.
      const rows = said.split('\n').filter((line) => line.includes('  changed  by '))
      expect(rows).toHaveLength(2)
      expect(said.match(/^ {4}.*$/gm)?.sort()).toEqual([
        '    name: "Autumn" → "AUTUMN"',
        '    name: "Spring" → "SPRING"',
      ])
    }
    served.push(await names())
  }
  const after = ['AUTUMN', 'SPRING', 'Snow']
  // Watched, looked at, refused; cut over; back and over again; retired.
  expect(served).toEqual([before, before, before, after, after, after])
  await until('version 1 is dropped', 60_000, async () => {
    const { body } = await agency.ask<{ items: { model: string; version: number }[] }>('GET', '/v1/projections')
    return !body.items.some(({ model, version }) => model === 'campaign-list' && version === 1)
  })
}, 300_000)
