/** Debian's own Prometheus, with what is shipped, beside the running system. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { newAgency } from '../../tests/flow/agency.ts'
import { createCampaign } from '../../tests/flow/marketing.ts'
import { until } from '../../tests/flow/until.ts'
import { readState } from '../embedded/supervisor/state.ts'
import { type Programs, programs, type Running, shipped, startPrometheus, targetsOf } from './prometheus.ts'

type Rule = { alert: string; expr: string; annotations: Record<string, string> }
type Panel = { title: string; targets?: { expr: string }[] }

const run = promisify(execFile)
const read = (file: string) => readFile(path.join(shipped, file), 'utf8')
const alerts = async () =>
  (parse(await read('rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules)
const panels = async () => (JSON.parse(await read('grafana/dashboards/bizosaas.json')) as { panels: Panel[] }).panels

let debian: Programs
let folder: string
let prometheus: Running

beforeAll(async () => {
  debian = await programs(() => {})
  folder = await mkdtemp(path.join(tmpdir(), 'bizosaas-prometheus-'))
  const state = readState(process.env.BIZOSAAS_DATA_DIR ?? '')
  if (state === null) throw new Error('BIZOSAAS_DATA_DIR holds no running system')
  prometheus = await startPrometheus(debian, folder, targetsOf(state))
}, 120_000)
afterAll(async () => {
  await prometheus?.stop()
  await rm(folder, { recursive: true, force: true })
})

const ask = async <Data>(question: string): Promise<Data> => {
  const answer = await fetch(`${prometheus.url}/api/v1/${question}`)
  const { data, error } = (await answer.json()) as { data: Data; error?: string }
  if (error !== undefined) throw new Error(`${question}: ${error}`)
  return data
}
const query = async (expr: string) =>
  (
    await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expr)}`,
    )
  ).result

describe('what is shipped', () => {
  test('is taken by promtool, and each alert fires with the figures of its test, it and no other', async () => {
    await run(debian.promtool, ['check', 'config', 'prometheus.yml'], { cwd: shipped })
    await run(debian.promtool, ['check', 'rules', 'rules.yml'], { cwd: shipped })
    await run(debian.promtool, ['test', 'rules', 'rules.test.yml'], { cwd: shipped })
    const tested = [...(await read('rules.test.yml')).matchAll(/\{alertname="(\w+)"\}/g)].map(([, name]) => name)
    expect(new Set(tested)).toEqual(new Set((await alerts()).map(({ alert }) => alert)))
  })

  test('says for each alert what is wrong and what to do', async () => {
    for (const { alert, annotations } of await alerts())
      expect([alert, Object.keys(annotations)]).toEqual([alert, ['summary', 'runbook']])
  })
})

describe('beside the running system', () => {
  test('every process is collected from', async () => {
    type Targets = { activeTargets: { labels: { process: string }; health: string; lastError: string }[] }
    const found = async () => (await ask<Targets>('targets?state=active')).activeTargets
    const up = async () =>
      (await found())
        .filter(({ health }) => health === 'up')
        .map(({ labels }) => labels.process)
        .sort()
    await until('all targets are up', 40_000, async () => (await up()).join() === 'edge,flow,host')
    expect(await found()).toHaveLength(3)
  }, 60_000)

  test('every unit tells that it is ready, and every metric of the rules and the dashboard exists', async () => {
    await createCampaign(newAgency(), 'Seen by Prometheus')
    const units = ['analytics', 'campaigns', 'flow', 'gateway', 'integrations', 'query-api', 'route-policies', 'users']
    const ready = async () => (await query('unit_ready == 1')).map(({ metric }) => metric.unit).sort()
    await until('the units are ready', 25_000, async () => (await ready()).join() === units.join())

    const known = new Set(Object.keys(await ask<Record<string, unknown>>('metadata')))
    const asked = [...(await alerts()), ...(await panels()).flatMap(({ targets = [] }) => targets)]
    const names = new Set(asked.flatMap(({ expr }) => namesIn(expr)))
    expect(names.size).toBeGreaterThan(20)
    const missing = [...names].filter(
      (name) => !known.has(name) && !known.has(name.replace(/_(bucket|count|sum)$/, '')),
    )
    expect(missing).toEqual([])
  }, 60_000)

  test('every rule and every panel can be evaluated', async () => {
    type Rules = { groups: { rules: { name: string; health: string; lastError?: string }[] }[] }
    const rules = async () => (await ask<Rules>('rules')).groups.flatMap((group) => group.rules)
    await until('every rule was evaluated', 30_000, async () =>
      (await rules()).every(({ health }) => health !== 'unknown'),
    )
    expect((await rules()).filter(({ health }) => health !== 'ok')).toEqual([])
    for (const { targets = [] } of await panels()) for (const { expr } of targets) await query(expr)
  }, 60_000)
})

/** Metrics that an expression names. `up` and ALERTS are Prometheus' own. */
function namesIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
  return [...bare.matchAll(/\b[a-z_]\w*\b(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !['up', 'or', 'and', 'unless', 'bool', 'offset'].includes(name))
}
