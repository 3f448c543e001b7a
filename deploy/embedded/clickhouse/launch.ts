/**
 * Runs libchdb.so as a ClickHouse server: `node launch.ts <libchdb.so> <arguments of clickhouse-local>`.
 *
 * The library holds the whole engine with its network servers; its entry is clickhouse-local's, which becomes a server by the statement
 * SYSTEM START LISTEN. Two things are not in any manual:
 * - standard input is a pseudo-terminal, for without one a client that hangs up inside its request headers aborts the engine;
 * - the engine ends by "exit" typed there, and an end that nobody asked for is a failure even with code 0.
 */
import { writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { Worker } from 'node:worker_threads'
import { makeStdinTerminal, setEnvironment } from './libc.ts'

const [libchdb, ...args] = process.argv.slice(2)

setEnvironment('TERM', 'dumb')
const terminal = makeStdinTerminal()
const echo = new ReadStream(terminal) // what the engine prints there must be read, or its end hangs
echo.resume()
echo.on('error', () => {})

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!stopping) writeSync(terminal, 'exit\n')
    stopping = true
  })
}

const engine = new Worker(new URL('./engine.ts', import.meta.url), {
  workerData: {
    libchdb,
    args: ['clickhouse-local', '--interactive', '--disable_suggestion', '--history_file=/dev/null', ...args],
  },
  resourceLimits: { stackSizeMb: 8 },
})
engine.on('error', (error) => end(String(error)))
engine.on('message', (error: string | null) => end(error))

/** Without the usual clean-up of Node: the engine's own threads may still be there and would abort it. */
function end(error: string | null): never {
  if (error !== null) console.error(error)
  else if (!stopping) console.error('The engine ended by itself.')
  return reallyExit(error === null && stopping ? 0 : 1)
}

function reallyExit(code: number): never {
  return (process as typeof process & { reallyExit: (code: number) => never }).reallyExit(code)
}
