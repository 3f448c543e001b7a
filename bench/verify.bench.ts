/**
 * How long it takes to prove that a version of a read model says what the serving one says, or in which rows it does not; and for how
 * long the serving one is not kept up to date meanwhile, while runners feed both with live events.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { connectPostgres } from '@bizosaas/databases'
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { keptPerTenant } from '@bizosaas/projections/rebuild/verify/kept.ts'
import type { Verification } from '@bizosaas/projections/rebuild/verify/record.ts'
import { openVersions } from '@bizosaas/projections/rebuild/verify/spec-support/versions.ts'
import { verify } from '@bizosaas/projections/rebuild/verify/verify.ts'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { openSystem } from '@bizosaas/projections/runner/spec-support/system.ts'
import { start } from '@bizosaas/projections/runner/start.ts'
import { atEnd } from './lib/clean-up.ts'
import { openParts } from './lib/parts.ts'
import { atMost, type Comparison, publish } from './lib/report.ts'
import { type Candidate, takeTurns } from './lib/rounds.ts'
import { until } from './lib/until.ts'
import { changeCampaigns, every, fillCampaigns, fillFigures, rows, tenants } from './verify/tables.ts'

const eventsPerSecond = 100
const campaigns = 50

export const bench = async (print: (line: string) => void, rounds: number): Promise<string> => {
  const parts = await openParts(print)
  await parts.start('kafka', 'schema-registry', 'postgres', 'clickhouse', 'valkey')
  await parts.migrate()
  Object.assign(process.env, parts.settings)
  const system = await openSystem()
  atEnd(() => system.close())
  const { clickhouse } = system.databases
  const postgres = connectPostgres(parts.settings.POSTGRES_PROJECTOR_URL ?? '', {
    name: 'bench',
    connections: 4,
    statementTimeoutMs: 600_000,
  })
  atEnd(() => postgres.close())

  const [served, built] = versionsOf({ ...campaignList, name: 'bench-verify-list' })
  await postgres.query(
    `INSERT INTO read_model.version (model, version, definition, state) VALUES ($1, 1, 1, 'ready'), ($1, 2, 2, 'ready')`,
    [served.name],
  )
  await postgres.query('INSERT INTO read_model.live_version (model, version) VALUES ($1, 1)', [served.name])
  atEnd(await start(system.config, undefined, [served, built]))
  const { log, create, rename } = system.newPartition()
  for (let n = 0; n < campaigns; n++) create(n, `campaign ${n}`)
  await system.send(log)
  await until('both versions have the campaigns', 60_000, async () => {
    const done = await postgres.query(
      'SELECT version FROM read_model.checkpoint WHERE model = $1 AND position >= $2 GROUP BY version',
      [served.name, log.at(-1)?.position],
    )
    return done.length === 2
  })
  print(`Filling tables with ${rows} rows each …`)
  for (const each of [served, built]) await fillCampaigns(postgres, each)

  const versions = await openVersions()
  atEnd(() => versions.close())
  const withFigures = async (clicks: number): Promise<Projection> => {
    const [old, now] = versionsOf({ ...adMetrics, name: `bench-verify-metrics-${clicks}` })
    for (const each of [old, now]) {
      await versions.open(each)
      await versions.checkpoint(each)
      await fillFigures(clickhouse, each, each === old ? 10 : clicks)
    }
    await postgres.query('UPDATE read_model.checkpoint SET position = $2 WHERE model = $1', [now.name, rows])
    await versions.publish(now, rows)
    return now
  }
  const figures = [await withFigures(10), await withFigures(11)] as const

  const live = sendWhileMeasured(() => system.send([rename(log.length % campaigns, `renamed ${log.length}`)]))
  atEnd(live.stop)
  const stores = { postgres, clickhouse }
  const measured = await takeTurns(
    [
      {
        name: 'campaign list, equal',
        units,
        run: () => proof(0, () => verify(stores, built)),
      },
      {
        name: 'campaign list, 1 % differs',
        units,
        run: async () => {
          await changeCampaigns(postgres, built, 'other')
          const readings = await proof(rows / every, () => verify(stores, built))
          await changeCampaigns(postgres, built, 'reach')
          return readings
        },
      },
      { name: 'ad metrics, equal', units, run: () => proof(0, () => verify(stores, figures[0])) },
      { name: 'ad metrics, 1 % differs', units, run: () => proof(rows / every, () => verify(stores, figures[1])) },
    ] satisfies Candidate[],
    rounds,
    print,
  )
  await live.stop()
  return publish('verify', measured, comparisons, [
    `Two versions of ${rows} rows each, of ${tenants} tenants, filled by the databases themselves. Of each tenant up to ${keptPerTenant} differing rows are stored.`,
    `Campaign list: in Postgres, both versions fed by a runner with ${eventsPerSecond} events/s meanwhile. "stands still" is for how long the serving version could not be moved. Ad metrics: in ClickHouse, compared up to a position; nothing stands still for that.`,
    'After each proof: as many rows differ as were made to.',
  ])
}

const units = { seconds: 's', 'stands still': 'ms' }

const comparisons: Comparison[] = [
  { row: 'campaign list, equal/stands still', goal: atMost(300) },
  { row: 'campaign list, 1 % differs/stands still', goal: atMost(300) },
]

const versionsOf = (projection: Projection): readonly [Projection, Projection] => [
  { ...projection, version: 1 },
  { ...projection, version: 2 },
]

const proof = async (differing: number, prove: () => Promise<Verification>) => {
  const begun = performance.now()
  const { changed, onlyOld, onlyNew, stoodStillMs } = await prove()
  const seconds = (performance.now() - begun) / 1_000
  if (changed !== differing || onlyOld + onlyNew > 0)
    throw new Error(
      `${changed} rows differ and ${onlyOld + onlyNew} have no counterpart, instead of ${differing} and 0`,
    )
  return { seconds, 'stands still': stoodStillMs }
}

const sendWhileMeasured = (send: () => Promise<unknown>) => {
  let isOver = false
  const sending = (async () => {
    while (!isOver) await Promise.all([send(), pause(1_000 / eventsPerSecond)])
  })()
  return {
    stop: async () => {
      isOver = true
      await sending
    },
  }
}
