/**
 * Emmett as a process of its own. Its packages do not go into this workspace: they ask for older peers, and its driver
 * changes how int8 is read for the whole process. They stand, by the lock file in `emmett/`, in the user's cache.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { artefact, folderOf } from '@bizosaas/embedded/bootstrap/cache.mjs'
import { npm } from '@bizosaas/embedded/bootstrap/npm.mjs'
import { runTool } from '@bizosaas/embedded/bootstrap/run-tool.mjs'
import { nodeFlags } from '@bizosaas/embedded/node-flags.ts'
import { atEnd } from '../lib/clean-up.ts'

const source = fileURLToPath(new URL('./emmett/', import.meta.url))
const files = ['package.json', 'package-lock.json', 'server.mjs', 'rebuild.mjs'] as const

const installed = async (print: (line: string) => void): Promise<string> => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(join(source, file)))
  const pin = { version: hash.digest('hex').slice(0, 16) }
  const install = async (_: typeof pin, folder: string): Promise<void> => {
    for (const file of files) await copyFile(join(source, file), join(folder, file))
    // Emmett's packages name peers that exclude each other.
    const flags = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund']
    await runTool([...npm(), 'ci', ...flags], { cwd: folder })
  }
  await artefact('emmett', pin, (what) => print(`Emmett: ${what}`), { fetch: install })
  return folderOf('emmett', pin)
}

/** @returns where it listens */
export const startEmmett = async (
  settings: { readonly POSTGRES_URL: string; readonly POOL: string },
  print: (line: string) => void,
): Promise<string> => {
  const { answer } = await startProgram('server.mjs', settings, print)
  return String(await answer())
}

export type EmmettEvent = { readonly stream: string; readonly type: string; readonly data: object }

export type EmmettRebuild = {
  /** Puts these events, and no others, into its event store. */
  readonly append: (events: readonly EmmettEvent[]) => Promise<void>
  /** @returns how long it took, and how many events its rows say that they are made of */
  readonly rebuild: (name: string, types: readonly string[]) => Promise<{ seconds: number; events: number }>
}

export const startEmmettRebuild = async (
  settings: { readonly POSTGRES_URL: string },
  print: (line: string) => void,
): Promise<EmmettRebuild> => {
  const { answer, send } = await startProgram('rebuild.mjs', settings, print)
  await answer()
  const run = async <Result>(task: object): Promise<Result> => {
    const answered = answer()
    send(task)
    const result = (await answered) as Result & { readonly error?: string }
    if (result.error !== undefined) throw new Error(result.error)
    return result
  }
  return {
    append: async (events) => void (await run({ events })),
    rebuild: (name, types) => run({ name, types }),
  }
}

const startProgram = async (
  program: string,
  settings: Readonly<Record<string, string>>,
  print: (line: string) => void,
) => {
  const folder = await installed(print)
  const child = fork(join(folder, program), {
    cwd: folder,
    env: { ...process.env, ...settings, NODE_ENV: 'production' },
    stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    execArgv: [...nodeFlags],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  atEnd(async () => {
    if (child.connected) child.disconnect()
    await ended
  })
  return {
    /** The next thing that it says. */
    answer: () =>
      new Promise<unknown>((resolve, reject) => {
        child.once('message', resolve)
        void ended.then(() => reject(new Error('Emmett ended.')))
      }),
    send: (task: object) => child.send(task),
  }
}
