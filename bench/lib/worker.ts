/**
 * Processes of their own for what is measured, and for what puts load on it: in one event loop the one would slow the
 * other down, and the figure would be about both.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nodeFlags } from '@bizosaas/embedded/node-flags.ts'
import { atEnd } from './clean-up.ts'

export type Worker<Task, Result> = {
  /** One at a time. @throws what the task threw, or that the process ended */
  readonly run: (task: Task) => Promise<Result>
  readonly stop: () => Promise<void>
}

type Answer<Result> = { readonly result: Result } | { readonly error: string }

/** Starts a process that serves tasks; it ends with this one. What it logs goes to standard error. */
export const startWorker = <Task, Result>(
  file: URL,
  settings: Readonly<Record<string, string>> = {},
  flags: readonly string[] = nodeFlags,
): Worker<Task, Result> => {
  const child = fork(fileURLToPath(file), {
    env: { ...process.env, LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    execArgv: [...flags],
    serialization: 'advanced',
  })
  let settle: (answer: Answer<Result>) => void = () => {}
  child.on('message', (answer: Answer<Result>) => settle(answer))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => settle({ error: `${file.pathname} ended` }))
  const stop = async () => {
    if (child.connected) child.disconnect()
    await ended
  }
  atEnd(stop)
  return {
    stop,
    async run(task) {
      const answered = new Promise<Answer<Result>>((resolve) => {
        settle = resolve
      })
      if (child.connected) child.send(task as object)
      else settle({ error: `${file.pathname} has ended` })
      const answer = await answered
      if ('error' in answer) throw new Error(answer.error)
      return answer.result
    },
  }
}

/** The other side: what such a process runs. */
export const serveTasks = <Task, Result>(run: (task: Task) => Promise<Result>): void => {
  process.on('message', async (task) => {
    try {
      process.send?.({ result: await run(task as Task) })
    } catch (error) {
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.on('disconnect', () => process.exit())
}
