import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { log } from '@bizosaas/runtime'
import { workerFlags } from './worker-flags.ts'

/** Nice enough that whoever serves comes first wherever both want to run. */
const priority = 19
const endsWithinMs = 10_000

const endWithParent = new URL('./end-with-parent.ts', import.meta.url).href

/**
 * Runs a program as a child with a lower priority, until it ends or is told to. It ends with this process, too, however that ends.
 *
 * @returns whether it ended because it was told to
 */
export async function runChild(
  program: URL,
  env: Readonly<Record<string, string | undefined>>,
  stopping: AbortSignal,
): Promise<boolean> {
  if (stopping.aborted) return true
  const child = fork(fileURLToPath(program), {
    env,
    // Linux may share the cores out among sessions, and heeds the priority of a process only beside others of its session (sched(7), "the
    // autogroup feature"). In its keeper's, this one would take from everybody what the keeper does not use.
    detached: true,
    // Of two flags that say different things the last one holds.
    execArgv: [...process.execArgv, ...workerFlags, '--import', endWithParent],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  ended.catch(() => {}) // it is waited for below
  let kill: NodeJS.Timeout | undefined
  const end = () => {
    child.kill('SIGTERM')
    kill = setTimeout(() => child.kill('SIGKILL'), endsWithinMs)
  }
  stopping.addEventListener('abort', end)
  try {
    if (child.pid !== undefined) lowerPriority(child.pid)
    await ended
  } finally {
    stopping.removeEventListener('abort', end)
    clearTimeout(kill)
  }
  return stopping.aborted
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, priority)
  } catch (error) {
    log.debug({ unit: 'rebuild-keeper', err: error }, 'the priority stays as it is')
  }
  lowerSession(pid)
}

/** There is no such file where sessions are not told apart. Of all who ask in a tenth of a second the kernel answers one. */
function lowerSession(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(priority), { flag: 'r+' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') setTimeout(() => lowerSession(pid), 150).unref()
    else log.debug({ unit: 'rebuild-keeper', err: error }, "the session's priority stays as it is")
  }
}
