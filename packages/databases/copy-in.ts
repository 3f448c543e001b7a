import pg from 'pg'

/** The server and we hold a message whole, so one carries no more than this. */
const chunkBytes = 256 * 1024

type CopyConnection = {
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly endCopyFrom: () => void
}

/** `COPY ... FROM STDIN`, for which pg itself has no data: it sends them when the server is ready for them. */
class CopyIn extends pg.Query {
  readonly #bytes: Buffer
  constructor(text: string, bytes: Buffer, done: (error: Error | undefined) => void) {
    super({ text }, done)
    this.#bytes = bytes
  }
  handleCopyInResponse(connection: CopyConnection): void {
    for (let at = 0; at < this.#bytes.length; at += chunkBytes)
      connection.sendCopyFromChunk(this.#bytes.subarray(at, at + chunkBytes))
    connection.endCopyFrom()
  }
}

/** Sends what a `COPY ... FROM STDIN` is to read, and resolves when the server has taken all of it. */
export const copyIn = (client: pg.ClientBase, text: string, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(new CopyIn(text, bytes, (error) => (error ? reject(error) : resolve())))
  })
