import { readFileSync } from 'node:fs'
import { projections } from '@bizosaas/projections/all.ts'
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { describe, expect, test } from '@jest/globals'
import { complaints, type Definition, definitionsOf, nextDefinitions } from './definitions.ts'
import { hashOf, type Read } from './sources.ts'

/** Reads the sources with one change planted. */
const planted =
  (end: string, from: string, to: string): Read =>
  (file) => {
    const text = readFileSync(file, 'utf8')
    if (!file.endsWith(end)) return text
    if (!text.includes(from)) throw new Error(`${end} does not say ${from}.`)
    return text.replace(from, to)
  }

const one: Definition = { name: 'campaign-list', version: 1, hash: 'a' }
const recorded = { 'campaign-list': { 1: 'a' } }
const changed = { ...one, hash: 'b' }

describe('a definition', () => {
  test('has the version that its sources ask for, each of them', () => {
    const definitions = JSON.parse(readFileSync(new URL('../../projections/definitions.json', import.meta.url), 'utf8'))
    expect(complaints(definitionsOf(projections), definitions, {})).toEqual([])
  })

  test.each([
    ['a handler', campaignList, 'campaign-list/campaign-list.ts', "state: 'draft'", "state: 'active'"],
    ['a table', campaignList, 'campaign-list/table.sql', 'revision             bigint', 'revision numeric'],
    ['what handlers share', campaignList, 'campaigns/events.ts', 'event.stream.endsWith', '!event.stream.endsWith'],
    ['what schemas lend it', adMetrics, 'schemas/metrics-row.ts', 'return', 'return null ??'],
  ])('has another hash when %s changes', (_, projection, file, from, to) => {
    expect(hashOf(projection, planted(file, from, to))).not.toBe(hashOf(projection))
  })

  test('has another hash when it handles other events', () => {
    expect(hashOf({ ...campaignList, types: new Set(['CampaignCreated']) })).not.toBe(hashOf(campaignList))
  })

  test.each([
    ['a comment', 'campaign-list/campaign-list.ts', 'const on:', '/** What happens. */\nconst on:'],
    ['a type', 'campaign-list/campaign-list.ts', 'readonly name: string', 'readonly name: string | number'],
    ['a comment on its table', 'campaign-list/table.sql', 'CREATE TABLE', '-- Here it is.\nCREATE   TABLE'],
    ['the runner', 'runner/projection.ts', 'throw new Error', 'throw new TypeError'],
  ])('has the same hash when %s changes', (_, file, from, to) => {
    expect(hashOf(campaignList, planted(file, from, to))).toBe(hashOf(campaignList))
  })
})

describe('the check of definitions', () => {
  test('says in one sentence what to do when sources changed and the version did not', () => {
    expect(complaints([one], recorded, {})).toEqual([])
    const [sentence, ...others] = complaints([changed], recorded, {})
    expect(sentence).toMatch(
      /^campaign-list: .* its version is still 1: raise it, or say in .*same-output.ts why .*hash: 'b'/,
    )
    expect(others).toEqual([])
    expect(nextDefinitions([changed], recorded, {})).toEqual(recorded)
  })

  test('is content with a raised version, or with a reason for exactly this change', () => {
    const raised = { ...changed, version: 2 }
    expect(complaints([raised], recorded, {})).toEqual([])
    expect(nextDefinitions([raised], recorded, {})).toEqual({ 'campaign-list': { 2: 'b' } })
    const reason = { 'campaign-list': { hash: 'b', because: 'a name was mended' } }
    expect(complaints([changed], recorded, reason)).toEqual([])
    expect(nextDefinitions([changed], recorded, reason)).toEqual({ 'campaign-list': { 1: 'b' } })
    expect(complaints([{ ...one, hash: 'c' }], recorded, reason)).toEqual([
      expect.stringContaining('its version is still 1'),
      expect.stringContaining('about another hash: remove it'),
    ])
  })

  test('lets no version go down, and keeps an older definition beside the newer one', () => {
    const newer = { ...one, version: 2, hash: 'b' }
    expect(complaints([one], { 'campaign-list': { 2: 'b' } }, {})).toEqual([expect.stringContaining('only go up')])
    expect(nextDefinitions([newer, one], recorded, {})).toEqual({ 'campaign-list': { 1: 'a', 2: 'b' } })
    expect(complaints([changed, newer], { 'campaign-list': { 1: 'a', 2: 'b' } }, {})).toHaveLength(1)
  })
})
