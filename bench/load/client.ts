/**
 * Requests that share kept-alive connections, as many as there are requests under way. One that meets a connection which the service has
 * just closed, for nobody used it, is sent again, as HTTP clients do (RFC 9112, section 9.3.1): commands carry an idempotency key.
 */
import { Agent, request } from 'node:http'

export type Answer = {
  /** 0 when none came. */
  readonly status: number
  readonly token: string
  readonly body: string
}

const agent = new Agent({ keepAlive: true })
const none: Answer = { status: 0, token: '', body: '' }

type Options = {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** After this nobody waits for the answer any more. */
  readonly limitMs: number
}

export const send = (url: string, options: Options): Promise<Answer> =>
  new Promise((resolve) => {
    const { method, headers, body, limitMs } = options
    const sent = request(url, { agent, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('close', () => {
        clearTimeout(limit)
        const token = String(response.headers['x-consistency-token'] ?? '')
        resolve(response.complete ? { status: response.statusCode ?? 0, token, body: text } : none)
      })
    })
    let isOver = false
    const limit = setTimeout(() => {
      isOver = true
      sent.destroy()
    }, limitMs)
    sent.on('error', ({ code }: NodeJS.ErrnoException) => {
      clearTimeout(limit)
      resolve(sent.reusedSocket && code === 'ECONNRESET' && !isOver ? send(url, options) : none)
    })
    sent.end(body)
  })
