/** A whole system of its own, supervised as `npm start` does it, for tests that break things. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutSettings } from '../jest/without-settings.ts'
import { runningSystem } from './agency.ts'
import { until } from './until.ts'

type State = { settings: Record<string, string>; parts: Record<string, { state: string; pid: number | null }> }

export type OwnSystem = Awaited<ReturnType<typeof startOwnSystem>>

const here = fileURLToPath(new URL('../..', import.meta.url))

/** @param settings beside those that the system has by default  @param sources where it runs from */
export const startOwnSystem = async (settings: Readonly<Record<string, string>> = {}, sources = here) => {
  const folder = mkdtempSync(join(tmpdir(), 'bizosaas-flow-'))
  const program = ['deploy/embedded/run.mjs', '--parts', 'deploy/embedded/up.ts', '--free-ports']
  const supervisor = spawn(process.execPath, program, {
    cwd: sources,
    env: { ...withoutSettings(process.env), ...settings, BIZOSAAS_DATA_DIR: folder, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [supervisor.stdout, supervisor.stderr]) stream.on('data', (text) => (said += text))
  const exited = new Promise<number | null>((resolve) => supervisor.on('exit', resolve))
  const read = (): State => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))

  const stop = async () => {
    supervisor.kill('SIGTERM')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  await until('the system is up', 170_000, () => {
    if (supervisor.exitCode !== null) throw new Error(`The system did not come up:\n${said}`)
    return said.includes('state.json')
  }).catch(async (error) => {
    await stop()
    throw error
  })
  const { settings: own } = read()
  return {
    folder,
    settings: own,
    system: runningSystem(own),
    /** Ends a part's process at once, as a power cut would; the supervisor starts it again. */
    kill: (part: string) => {
      const { pid } = read().parts[part] ?? {}
      if (!pid) throw new Error(`There is no process of ${part}`)
      process.kill(pid, 'SIGKILL')
    },
    /** Whether every part runs and answers. */
    isWhole: () => Object.values(read().parts).every(({ state }) => state === 'ready'),
    said: () => said,
    stop,
  }
}
