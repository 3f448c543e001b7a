/** Sends many messages of one call at once, and holds back while the client does not take them. */
import {
  type ServerDuplexStream,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerWritableStream,
} from '@grpc/grpc-js'

/** What handlers write: messages, encoded already or not, that go out together. */
export type Frames = readonly (object | Uint8Array)[]

/**
 * grpc-js waits for the socket after every message. This takes a list as one message and hands its parts to HTTP/2
 * together, which then sends them in few packets: several times the events per second.
 */
export const batchedWrites: ServerInterceptor = (_, call) =>
  new ServerInterceptingCall(call, {
    sendMessage: (message: unknown, next) => {
      if (!Array.isArray(message)) return next(message)
      for (const part of message.slice(0, -1)) call.sendMessage(part, () => undefined)
      next(message.at(-1))
    },
  })

export type Outbox = {
  /** Sends; resolves when the client has taken it (so never, when it hangs up: watch `ended`). */
  readonly send: (frames: Frames) => Promise<void>
  /** Aborted when the client hangs up or its deadline passes. */
  readonly ended: AbortSignal
}

/** What a streaming call writes to. */
export const outboxOf = (call: ServerWritableStream<unknown, Frames> | ServerDuplexStream<unknown, Frames>): Outbox => {
  const controller = new AbortController()
  call.on('cancelled', () => controller.abort())
  const ended = controller.signal
  return {
    ended,
    send: (frames) =>
      new Promise((resolve) => {
        if (ended.aborted || frames.length === 0) return resolve()
        const done = (): void => {
          ended.removeEventListener('abort', done)
          resolve()
        }
        ended.addEventListener('abort', done)
        call.write(frames, done)
      }),
  }
}
