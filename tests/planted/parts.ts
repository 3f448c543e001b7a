/** The embedded parts, started once for all bugs, from the sources as they are. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { readState } from '@bizosaas/embedded/supervisor/state.ts'
import { root } from './copy.ts'

export type Parts = { readonly settings: Readonly<Record<string, string>>; readonly stop: () => Promise<void> }

/** @throws when they do not start; why then stands on standard error */
export const startParts = async (): Promise<Parts> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bizosaas-planted-parts-'))
  const program = ['deploy/embedded/run.mjs', '--parts', 'deploy/embedded/up.ts', '--free-ports', '--parts-only']
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, ...program], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      BIZOSAAS_ENV_FILE: '/dev/null',
      BIZOSAAS_DATA_DIR: folder,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('Up;')) resolve()
    })
    void ended.then(() => reject(new Error('The parts that the specs need did not start.')))
  })
  return {
    settings: { ...readState(folder)?.settings, BIZOSAAS_DATA_DIR: folder },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
