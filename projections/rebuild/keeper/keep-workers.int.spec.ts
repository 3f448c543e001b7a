import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { dropModel, modelName, openDatabases } from '../../runner/spec-support/databases.ts'
import { until } from '../../runner/spec-support/until.ts'

const program = new URL('./spec-support/idle-worker.ts', import.meta.url).href
const keeperProgram = fileURLToPath(new URL('./spec-support/keeper-process.ts', import.meta.url))
const model = modelName()
let databases: Awaited<ReturnType<typeof openDatabases>>
const keepers: ChildProcess[] = []

beforeAll(async () => {
  databases = await openDatabases()
})
afterEach(async () => {
  for (const keeper of keepers.splice(0)) {
    const ended = once(keeper, 'exit')
    if (keeper.exitCode === null && keeper.signalCode === null && keeper.kill('SIGTERM')) await ended
  }
})
afterAll(async () => {
  await dropModel(databases, model)
  await databases.admin.query('DELETE FROM read_model.version WHERE model = $1', [model])
  await databases.close()
})

const startKeeper = (): ChildProcess => {
  const child = spawn(process.execPath, [keeperProgram, model, program], {
    env: { ...process.env, NODE_OPTIONS: '', KEEPER_SPEC: model },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  keepers.push(child)
  return child
}

/** The workers that run for this test, whoever keeps them. */
const workers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const said = (what: string) => readFileSync(`/proc/${pid}/${what}`, 'utf8')
        const isWorker = said('cmdline').includes('idle-worker.ts\0') && !said('cmdline').includes(keeperProgram)
        return isWorker && said('environ').includes(`KEEPER_SPEC=${model}`)
      } catch {
        return false // it has ended meanwhile
      }
    })
const untilWorkers = (count: number) =>
  until(
    () => workers(),
    (found) => found.length === count,
    30_000,
  )

const enter = (state: string, wanted: number) =>
  databases.postgres.query(
    `INSERT INTO read_model.version (model, version, definition, state, workers) VALUES ($1, 2, 1, $2, $3)
     ON CONFLICT (model, version) DO UPDATE SET state = $2, workers = $3`,
    [model, state, wanted],
  )

test('runners keep as many workers as are wanted, all of them together, with a lower priority, and none that is not wanted', async () => {
  // Empty where this process is in no session of its own, as under a container's first process.
  const ownSession = existsSync('/proc/self/autogroup') && readFileSync('/proc/self/autogroup', 'utf8')
  await enter('building', 2)
  const [first] = [startKeeper(), startKeeper()]
  const [one = 0] = await untilWorkers(2)
  await until(
    () => getPriority(one),
    (priority) => priority === 19,
  )
  // A kernel that shares out by sessions has this file.
  if (existsSync('/proc/self/autogroup')) {
    await until(
      () => readFileSync(`/proc/${one}/autogroup`, 'utf8'),
      (autogroup) => autogroup.endsWith(' nice 19\n'),
    )
    expect(readFileSync('/proc/self/autogroup', 'utf8')).toBe(ownSession)
  }
  process.kill(one, 'SIGKILL')
  await until(
    () => workers(),
    (found) => found.length === 2 && !found.includes(one),
    30_000,
  )
  // Who kept some of them is gone: they end with it, and the other keeps as many.
  first?.kill('SIGKILL')
  await untilWorkers(2)
  await enter('building', 3)
  await untilWorkers(3)
  await enter('paused', 3)
  await untilWorkers(0)
  await enter('building', 1)
  await untilWorkers(1)
  await enter('ready', 1)
  await untilWorkers(0)
}, 120_000)

test('workers end with the process that keeps them, however that ends', async () => {
  await enter('building', 2)
  const keeper = startKeeper()
  await untilWorkers(2)
  keeper.kill('SIGKILL')
  await untilWorkers(0)
}, 60_000)
