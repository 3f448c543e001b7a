import { connect } from 'node:net'
import { host } from '../addresses.ts'

/** Sends bytes to a part and resolves when its answer, as far as it has come, is as expected. */
export function ask(
  port: number,
  question: Uint8Array | string,
  isAnswer: (answer: Buffer) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal })
    let answer = Buffer.alloc(0)
    const end = (error?: Error) => {
      socket.destroy()
      if (error) reject(error)
      else resolve()
    }
    socket.on('connect', () => socket.write(question))
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
      if (isAnswer(answer)) end()
    })
    socket.on('error', end)
    socket.on('close', () => end(new Error(`connection closed after ${JSON.stringify(answer.toString('latin1'))}`)))
  })
}
