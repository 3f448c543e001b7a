/** ServerFeatures: by this list a client knows what it may call. It also serves as the probe for readiness. */
import type { handleUnaryCall } from '@grpc/grpc-js'
import { service } from './protocol.ts'

/** The KurrentDB version whose behaviour this node follows. */
const SERVER_VERSION = '25.1.0'

/** Answers with every method of the given services. */
export const serverFeatures = (serviceNames: readonly string[]): handleUnaryCall<object, object> => {
  const methods = serviceNames.flatMap((serviceName) =>
    Object.keys(service(serviceName)).map((methodName) => ({
      methodName: methodName.toLowerCase(),
      serviceName: serviceName.toLowerCase(),
      features: serviceName.endsWith('.Streams') && methodName === 'Read' ? ['position', 'events'] : [],
    })),
  )
  return (_, answer) => answer(null, { methods, eventStoreServerVersion: SERVER_VERSION })
}
