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
  /** Sends; resolves when the client has taken it, or is gone. */
  readonly send: (frames: Frames) => Promise<void>
  /** Whether the client has hung up, or its deadline has passed. */
  readonly isGone: () => boolean
  /** Calls back when the client is gone. */
  readonly onGone: (listener: () => void) => void
}

/** What a streaming call writes to. An AbortSignal would say the same, but costs more than a short read itself. */
export const outboxOf = (call: ServerWritableStream<unknown, Frames> | ServerDuplexStream<unknown, Frames>): Outbox => {
  let gone = false
  let stopWaiting = (): void => {}
  call.on('cancelled', () => {
    gone = true
    stopWaiting()
  })
  return {
    isGone: () => gone,
    onGone: (listener) => void call.on('cancelled', listener),
    send: (frames) =>
      new Promise((resolve) => {
        if (gone || frames.length === 0) return resolve()
        stopWaiting = resolve
        call.write(frames, () => resolve())
      }),
  }
}
