/** Calls the protocol without the official client, which sends only some of what the protocol allows. */
import { credentials, makeGenericClientConstructor, type ServiceError, status } from '@grpc/grpc-js'
import { type ReadOptions, service } from '../../grpc/protocol.ts'

/** What a read answers with. */
export type ReadAnswer = {
  readonly event?: {
    readonly event?: {
      id?: { string?: string; structured?: { mostSignificantBits: string; leastSignificantBits: string } }
      streamRevision?: string
    }
    readonly commitPosition?: string
  }
  readonly streamNotFound?: object
  readonly confirmation?: object
  readonly caughtUp?: object
  readonly lastStreamPosition?: string
}

const targetOf = (url: string): string => new URL(url).host

/** Streams/Read. Rejects with the call's status. */
export const rawRead = (url: string, options: ReadOptions): Promise<ReadAnswer[]> =>
  new Promise((resolve, reject) => {
    const Client = makeGenericClientConstructor(service('event_store.client.streams.Streams'), 'Streams')
    const client = new Client(targetOf(url), credentials.createInsecure())
    const answers: ReadAnswer[] = []
    const call = (client.Read as (request: object) => NodeJS.ReadableStream).call(client, { options })
    call.on('data', (answer) => answers.push(answer as unknown as ReadAnswer))
    call.on('error', (error) => {
      client.close()
      reject(error)
    })
    call.on('end', () => {
      client.close()
      resolve(answers)
    })
  })

/** The status of a call to a method by its path, with an empty request. */
export const statusOf = (url: string, path: string): Promise<string> =>
  new Promise((resolve) => {
    const Client = makeGenericClientConstructor({}, 'Any')
    const client = new Client(targetOf(url), credentials.createInsecure())
    const bytes = (buffer: Buffer): Buffer => buffer
    client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), (error: ServiceError | null) => {
      client.close()
      resolve(status[error?.code ?? status.OK] ?? '')
    })
  })
