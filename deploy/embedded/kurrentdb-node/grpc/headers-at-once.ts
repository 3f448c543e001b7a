import {
  Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js'

/**
 * Answers a read's headers with response headers before its request has come. The official client's reader sends headers
 * and request in two packets and, by Nagle's algorithm, the second only after the first is acknowledged: without something
 * to send back, the acknowledgement is delayed by 40 ms, for every read.
 */
export const headersAtOnce: ServerInterceptor = (method, call) => {
  if (!method.responseStream || method.requestStream) return new ServerInterceptingCall(call)
  const listener = new ServerListenerBuilder()
    .withOnReceiveMetadata((metadata, next) => {
      call.sendMetadata(new Metadata())
      next(metadata)
    })
    .build()
  return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener)).build())
}
