import { ResponderBuilder, ServerInterceptingCall, type ServerInterceptor, ServerListenerBuilder } from '@grpc/grpc-js'

/**
 * Tells a request that was said to its end from one that was cut off: for both, HTTP/2 ends the readable side of the stream, and
 * grpc-js hands that on as the end of the request. An append of which only the first streams or events have come would be carried
 * out. Asked to read on, the call notices that its stream is closed, and says so in the next tick.
 */
export const wholeRequests: ServerInterceptor = (method, call) => {
  if (!method.requestStream) return new ServerInterceptingCall(call)
  let isCutOff = false
  const listener = new ServerListenerBuilder()
    .withOnReceiveHalfClose((next) => {
      call.startRead()
      process.nextTick(() => {
        if (!isCutOff) next()
      })
    })
    .withOnCancel(() => {
      isCutOff = true
    })
    .build()
  return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener)).build())
}
