import { connect } from 'node:http2'
import { fileURLToPath } from 'node:url'
import { host } from '../addresses.ts'
import type { Part, Place } from './part.ts'

const main = fileURLToPath(new URL('../kurrentdb-node/main.ts', import.meta.url))

/** The event store: our node that serves KurrentDB's protocol from one SQLite file. */
export function kurrentdb({ folder, ports }: Place): Part {
  return {
    name: 'kurrentdb',
    title: 'Event store',
    ports: ['KURRENTDB_PORT'],
    prepare: async () => {},
    command: [process.execPath, main, '--data', folder, '--host', host, '--port', String(ports.KURRENTDB_PORT)],
    probe: (signal) => askForFeatures(ports.KURRENTDB_PORT, signal),
    readyWithinMs: 30_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
    damaged: /malformed|not a database|written by/i,
  }
}

/** ServerFeatures/GetSupportedMethods, the first thing the official client asks: gRPC over HTTP/2 with an empty message. */
function askForFeatures(port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${host}:${port}`)
    const end = (error?: Error) => {
      session.destroy()
      if (error) reject(error)
      else resolve()
    }
    session.on('error', end)
    signal.addEventListener('abort', () => end(new Error('no answer')))
    const request = session.request({
      ':method': 'POST',
      ':path': '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    request.on('error', end)
    request.on('trailers', ({ 'grpc-status': status }) =>
      Number(status) === 0 ? end() : end(new Error(`gRPC status ${status}`)),
    )
    request.on('response', ({ 'grpc-status': status }) => {
      if (status !== undefined && Number(status) !== 0) end(new Error(`gRPC status ${status}`))
    })
    request.resume()
    request.end(Buffer.alloc(5))
  })
}
