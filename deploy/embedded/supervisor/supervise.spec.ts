import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Problem } from '../bootstrap/problem.mjs'
import type { Part } from '../parts/part.ts'
import { type PartState, type Supervised, supervise } from './supervise.ts'

const pauses = { first: 1, longest: 1, settled: 60_000 }

let folder: string
let supervised: Supervised | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervise-'))
})
afterEach(async () => {
  await supervised?.stop()
  rmSync(folder, { recursive: true })
})

/** A part that runs until it is ended, unless the file `broken` is there: then it ends by itself and answers nothing. */
function start() {
  const broken = join(folder, 'broken')
  const part: Part = {
    name: 'part',
    title: 'Part',
    ports: [],
    prepare: async () => {},
    command: [
      process.execPath,
      '-e',
      `if (fs.existsSync(${JSON.stringify(broken)})) process.exit(3); setInterval(() => {}, 1e6)`,
    ],
    probe: async () => {
      if (existsSync(broken)) throw new Error('no answer')
    },
    readyWithinMs: 20_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
    damaged: /^(?!)/,
  }
  const seen: { state: PartState; pid: number | null; restarts: number }[] = []
  let heard = () => {}
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<Problem>()
  const changed = (_: Part, state: PartState, pid: number | null, restarts: number) => {
    seen.push({ state, pid, restarts })
    heard()
  }
  supervised = supervise(part, folder, join(folder, 'log'), { changed, say: () => {}, gaveUp: giveUp }, pauses)
  /** Resolves with its process when it is ready after so many restarts. */
  const readyAfter = (restarts: number) =>
    new Promise<number>((resolve) => {
      heard = () => {
        const last = seen.at(-1)
        if (last?.state === 'ready' && last.restarts === restarts && last.pid !== null) resolve(last.pid)
      }
      heard()
    })
  return { readyAfter, gaveUp, seen, breakIt: () => writeFileSync(broken, '') }
}

test('a part that comes up each time may be killed as often as one likes', async () => {
  const { readyAfter } = start()
  for (let kills = 0; kills < 20; kills++) process.kill(await readyAfter(kills), 'SIGKILL')
  await readyAfter(20)
})

test('a part that does not come up again is given up after eight starts in a row', async () => {
  const { readyAfter, breakIt, gaveUp, seen } = start()
  process.kill(await readyAfter(0), 'SIGKILL')
  const pid = await readyAfter(1)
  breakIt()
  process.kill(pid, 'SIGKILL')
  expect((await gaveUp).message).toContain('ended with exit code 3 and did not come up 8 times in a row')
  expect(seen.at(-1)).toMatchObject({ state: 'failed', restarts: 9 })
})
