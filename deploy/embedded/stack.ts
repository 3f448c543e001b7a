/** `npm run stack`: looks at the system that runs on the data folder, and stops or deletes it. */
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { InvalidSettings, readEnvironment, readSettings } from '@bizosaas/runtime'
import { giveUp, Problem } from './bootstrap/problem.mjs'
import { dataFolderOf } from './bring-up.ts'
import { parts } from './parts/index.ts'
import { root } from './paths.ts'
import { endLeftovers } from './supervisor/leftovers.ts'
import { isLocked } from './supervisor/lock.ts'
import { readState, type State } from './supervisor/state.ts'

const help = `npm run stack -- <command>

  status        what runs, where, and how often it had to be started again
  logs <part>   the end of a part's log (${[...Object.keys(parts), 'flow', 'edge'].join(', ')})
  stop          stops everything
  reset         deletes all data, keys and logs of the data folder (BIZOSAAS_DATA_DIR); not while it runs
`

const stopWithinMs = 60_000
const shownLines = 200

const commands: Readonly<Record<string, (mark: string, argument: string | undefined) => Promise<void>>> = {
  status: async (mark) => {
    const state = await running(mark)
    if (!state) throw new Problem(`Nothing runs on ${mark}: "npm start" starts it.`)
    console.log(`Process ${state.pid}, since ${state.startedAt}, data in ${mark}`)
    const rows = Object.entries(state.parts).map(([name, { state: now, pid, restarts, ports }]) =>
      [name, now, pid ?? '', ports.join(', '), restarts ? `restarted ${restarts} times` : ''].map(String),
    )
    const widths = rows.reduce(
      (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
      [] as number[],
    )
    for (const row of rows) console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
    if (Object.values(state.parts).some(({ state: now }) => now !== 'ready')) process.exitCode = 1
  },

  logs: async (mark, part) => {
    const file = path.join(mark, 'logs', `${path.basename(part ?? '')}.log`)
    if (!part || !existsSync(file))
      throw new Problem(`Name a part that has a log; "npm run stack -- --help" lists them.`)
    console.log(readFileSync(file, 'utf8').trimEnd().split('\n').slice(-shownLines).join('\n'))
  },

  stop: async (mark) => {
    const state = await running(mark)
    if (!state) {
      const ended = await endLeftovers(mark)
      console.log(ended > 0 ? `Ended ${ended} processes that had lost their supervisor.` : `Nothing runs on ${mark}.`)
      return
    }
    process.kill(state.pid, 'SIGTERM')
    for (const deadline = Date.now() + stopWithinMs; await running(mark); await delay(100)) {
      if (Date.now() > deadline)
        throw new Problem(
          `Process ${state.pid} did not stop within ${stopWithinMs / 1000} s: end it with "kill -9 ${state.pid}" and run this again.`,
        )
    }
    console.log('Stopped.')
  },

  reset: async (mark) => {
    if (await running(mark)) throw new Problem(`It still runs on ${mark}: "npm run stack -- stop" first.`)
    await endLeftovers(mark)
    // By name, so that a folder which holds other things too loses only what is ours.
    const ours = [
      ...Object.keys(parts),
      'logs',
      'secrets',
      'state.json',
      'sample.json',
      'sample-agency.json',
      'prometheus',
    ]
    for (const name of ours) rmSync(path.join(mark, name), { recursive: true, force: true })
    console.log(`All data in ${mark} is deleted.`)
  },
}

/** The state of the supervisor that holds the folder, null when none does. */
async function running(mark: string): Promise<State | null> {
  return (await isLocked(mark)) ? readState(mark) : null
}

try {
  const [name = '--help', argument] = process.argv.slice(2)
  if (name === '--help') {
    process.stdout.write(help)
  } else {
    const command = commands[name]
    if (!command)
      throw new Problem(`"${name}" is not a command of "npm run stack"; "npm run stack -- --help" lists them.`)
    const { BIZOSAAS_DATA_DIR } = readSettings(['BIZOSAAS_DATA_DIR'], readEnvironment(root))
    const folder = dataFolderOf(BIZOSAAS_DATA_DIR)
    await command(existsSync(folder) ? realpathSync(folder) : folder, argument)
  }
} catch (error) {
  giveUp(error instanceof InvalidSettings ? new Problem(error.message) : error)
}
