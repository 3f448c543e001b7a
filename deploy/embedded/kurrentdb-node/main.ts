/**
 * An event store that speaks KurrentDB's protocol from one SQLite file. For development, tests and small trials only.
 *
 *   node main.ts --data DIR [--host 127.0.0.1] [--port 2113]
 */
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import { parseArguments, WrongArguments } from './arguments.ts'
import { PortTaken } from './grpc/server.ts'
import { start } from './start.ts'
import { UnusableFolder } from './store/open.ts'

const explained = [WrongArguments, PortTaken, UnusableFolder]

// What goes wrong is said below, in one sentence; the library would say it first, in its own.
setLogVerbosity(logVerbosity.NONE)

try {
  const config = parseArguments(process.argv.slice(2))
  const node = await start(config)
  const stop = async (): Promise<void> => {
    await node.stop()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
  console.log(
    JSON.stringify({ ready: true, url: `kurrentdb://${config.host}:${node.port}?tls=false`, data: config.data }),
  )
} catch (error) {
  console.error(explained.some((kind) => error instanceof kind) && error instanceof Error ? error.message : error)
  process.exit(1)
}
