/** The gRPC server: which method is done by which file. A method that is not here answers UNIMPLEMENTED. */
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js'
import type { Store } from '../store/store.ts'
import { append } from './append.ts'
import { appendSession } from './append-session.ts'
import { batchAppend } from './batch-append.ts'
import { headersAtOnce } from './headers-at-once.ts'
import { batchedWrites } from './outbox.ts'
import { service, withReadyResponses } from './protocol.ts'
import { read } from './read.ts'
import { remove } from './remove.ts'
import { serverFeatures } from './server-features.ts'
import { wholeRequests } from './whole-requests.ts'

const STREAMS = 'event_store.client.streams.Streams'
const APPEND_SESSIONS = 'kurrentdb.protocol.v2.streams.StreamsService'
const FEATURES = 'event_store.client.server_features.ServerFeatures'

/** An append may be larger than what is accepted: it must arrive to be refused with the right error. */
const LARGEST_MESSAGE = 17 * 1024 * 1024

export class PortTaken extends Error {
  override readonly name = 'PortTaken'
}

export type RunningServer = { readonly port: number; readonly stop: () => Promise<void> }

/** Serves a store. Port 0 takes a free one. Throws PortTaken. */
export const serve = async (store: Store, host: string, port: number): Promise<RunningServer> => {
  const server = new Server({
    interceptors: [wholeRequests, headersAtOnce, batchedWrites],
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    'grpc.max_send_message_length': -1,
  })
  server.addService(withReadyReads(service(STREAMS)), {
    Read: read(store),
    Append: append(store),
    BatchAppend: batchAppend(store),
    Delete: remove(store, 'delete'),
    Tombstone: remove(store, 'tombstone'),
  })
  server.addService(service(APPEND_SESSIONS), { AppendSession: appendSession(store) })
  server.addService(service(FEATURES), { GetSupportedMethods: serverFeatures([STREAMS, APPEND_SESSIONS]) })
  return { port: await bind(server, host, port), stop: () => shutDown(server) }
}

const withReadyReads = (streams: ServiceDefinition): ServiceDefinition => {
  const { Read } = streams
  if (Read === undefined) throw new Error('proto/streams.proto defines no Read')
  return { ...streams, Read: withReadyResponses(Read) }
}

const bind = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) return resolve(bound)
      server.forceShutdown()
      const reason = error.message.includes('EADDRINUSE') ? 'is taken' : `cannot be listened on (${error.message})`
      reject(new PortTaken(`Port ${port} on ${host} ${reason}: stop what uses it, or choose another --port.`))
    })
  })

/** How long calls under way may take to end by themselves. Subscriptions never do. */
const GRACE_MILLISECONDS = 500

const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), GRACE_MILLISECONDS)
    server.tryShutdown(() => {
      clearTimeout(force)
      resolve()
    })
  })
