import { log } from './log.ts'
import { collectProcessMetrics } from './metrics.ts'
import { startTracing } from './tracing.ts'

/** Stops what was started, after finishing what is in flight; may be called once. */
export type Stop = () => Promise<void>

/** An error for the person who starts the unit: its message says what is wrong and what to do, no stack is needed. */
export class CannotStart extends Error {
  readonly code = 'cannot-start'
}

const stopWithinMs = 20_000

/**
 * Runs one unit as this process: start, wait for SIGTERM or SIGINT, stop, exit 0. A second signal, a stop that takes
 * longer than 20 s, and any uncaught error end the process with exit code 1.
 */
export async function runUnit(name: string, start: () => Stop | Promise<Stop>): Promise<void> {
  collectProcessMetrics()
  const unitLog = log.child({ unit: name })
  const die = (error: unknown, what: string) => {
    unitLog.fatal({ err: error }, what)
    process.exit(1)
  }
  process.on('uncaughtException', (error) => die(error, 'uncaught error'))
  process.on('unhandledRejection', (error) => die(error, 'unhandled rejection'))

  const signalled = nextSignal()
  try {
    const stopTracing = await startTracing(name)
    const stop = await start()
    unitLog.info('started')
    unitLog.info({ signal: await signalled }, 'stopping')
    void nextSignal().then((signal) => die(new Error(signal), 'second signal, ending at once'))
    setTimeout(() => die(new Error(`not stopped within ${stopWithinMs} ms`), 'ending'), stopWithinMs).unref()
    await stop()
    await stopTracing()
    unitLog.info('stopped')
    process.exit(0)
  } catch (error) {
    if (!isForThePerson(error)) die(error, 'failed')
    process.stderr.write(`${name}: ${(error as Error).message}\n`)
    process.exit(1)
  }
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const heard = (signal: NodeJS.Signals) => {
      process.off('SIGTERM', heard)
      process.off('SIGINT', heard)
      resolve(signal)
    }
    process.on('SIGTERM', heard)
    process.on('SIGINT', heard)
  })
}

function isForThePerson(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'cannot-start' || error.code === 'invalid-settings')
  )
}
