/**
 * What the tests of this run need to be running: pure ones nothing, `.int.spec.ts` the embedded parts, `.flow.spec.ts` the whole system.
 * It is started once for the run, on free ports and a data folder of its own, and its settings go into the environment. What the
 * developer has set, in the environment or in `.env`, touches neither it nor the tests; with BIZOSAAS_TEST_AGAINST=environment
 * nothing is started, and the tests run on the system that the environment names.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isLocked } from '@bizosaas/embedded/supervisor/lock.ts'
import { readState } from '@bizosaas/embedded/supervisor/state.ts'
import { readSettings } from '@bizosaas/runtime'
import { withoutSettings } from './without-settings.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folderPrefix = 'bizosaas-test-'

type Running = { readonly process: ChildProcess; readonly ended: Promise<void>; readonly folder: string }
let running: Running | null = null

/** @param patterns what the person asked for; empty means every test */
export async function startFor(patterns: readonly string[]): Promise<void> {
  if (readSettings(['BIZOSAAS_TEST_AGAINST'], process.env).BIZOSAAS_TEST_AGAINST === 'environment') return
  forgetSettings()
  const flow = isAsked('flow', patterns)
  if (!flow && !isAsked('int', patterns)) return
  await removeOldFolders()
  const folder = await mkdtemp(path.join(tmpdir(), folderPrefix))
  running = start(folder, flow ? [] : ['--parts-only'])
  await until('Up;', running)
  Object.assign(process.env, readState(folder)?.settings, { BIZOSAAS_DATA_DIR: folder })
}

export async function stop(): Promise<void> {
  if (!running) return
  running.process.kill('SIGTERM')
  await running.ended
  await rm(running.folder, { recursive: true, force: true })
}

/** How much the tests log stays the developer's choice; unless it is made, what they provoke does not drown what they say. */
function forgetSettings(): void {
  const { LOG_LEVEL = 'error' } = process.env
  const kept = withoutSettings(process.env)
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name]
  Object.assign(process.env, kept, { LOG_LEVEL })
}

function isAsked(kind: 'int' | 'flow', patterns: readonly string[]): boolean {
  const files = globSync(`**/*.${kind}.spec.ts`, { cwd: root, exclude: ['**/node_modules/**'] })
  if (patterns.length === 0) return files.length > 0
  return files.some((file) => patterns.some((pattern) => new RegExp(pattern, 'i').test(path.join(root, file))))
}

/** It ends with this process, however that ends. */
function start(folder: string, flags: readonly string[]): Running {
  const program = ['deploy/embedded/run.mjs', '--parts', 'deploy/embedded/up.ts', '--free-ports', ...flags]
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, ...program], {
    cwd: root,
    env: { ...process.env, BIZOSAAS_DATA_DIR: folder, LOG_LEVEL: 'warn', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return { process: child, ended, folder }
}

/** Waits until it says so. @throws when it ends before; why then stands on standard error */
function until(word: string, { process: child, ended }: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith(word)) resolve()
    })
    void ended.then(() => reject(new Error('The system that the tests need did not start.')))
  })
}

/** Those of runs that were cut off. */
async function removeOldFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = path.join(tmpdir(), name)
    if (name.startsWith(folderPrefix) && readState(folder) && !(await isLocked(folder))) {
      await rm(folder, { recursive: true, force: true })
    }
  }
}
