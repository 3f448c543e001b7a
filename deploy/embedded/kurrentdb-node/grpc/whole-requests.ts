import { ResponderBuilder, ServerInterceptingCall, type ServerInterceptor, ServerListenerBuilder } from '@grpc/grpc-js'

/**
 * Tells a request that was said to its end from one that was cut off, of which the first streams or events of an append would be
 * carried out alone. grpc-js (1.14) takes for the end of a request whatever ends the readable side of its stream. Node ends that also
 * where the stream is reset or the connection lost; and a client on Node that cancels sends END_STREAM before its RST_STREAM.
 *
 * So the end is handed on two turns of the event loop later, when what came with it and right behind it has been read. Of a call that
 * is known to be cancelled grpc-js hands on nothing; asked to read on, it looks whether the stream is closed, and says so in a tick
 * before ours. A reset that comes still later finds a request that by the protocol was complete.
 */
export const wholeRequests: ServerInterceptor = (method, call) => {
  if (!method.requestStream) return new ServerInterceptingCall(call)
  const listener = new ServerListenerBuilder()
    .withOnReceiveHalfClose((next) => {
      const handOn = (): void => {
        call.startRead()
        process.nextTick(next)
      }
      setImmediate(() => setImmediate(handOn))
    })
    .build()
  return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener)).build())
}
