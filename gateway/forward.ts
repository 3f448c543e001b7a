import type { IncomingMessage } from 'node:http'
import { Problem, tryAgain } from '@bizosaas/http'
import { type Attempt, hasNoBody, NoAnswer } from './attempt.ts'
import type { Instance, Instances } from './instances.ts'

const mostAttempts = 3
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/**
 * The answer of one of a service's instances. A request goes on to the next one only if the first got nothing of it; and, as
 * its body is not kept, only if none of it is gone. A kept connection that is found closed tells that much only nearly: for
 * requests that may be repeated by what they are (RFC 9110, section 9.2.2) it is enough.
 *
 * @throws Problem no-instance, bad-gateway, gateway-timeout; NoAnswer `left`
 */
export async function forward(instances: Instances, service: string, attempt: Attempt): Promise<IncomingMessage> {
  const { method = '' } = attempt.request
  const isRepeatable = idempotent.has(method) && hasNoBody(attempt.request)
  const tried = new Set<Instance>()
  for (let n = 1; ; n++) {
    const instance = instances.choose(service, tried)
    if (instance === null) throw noInstance(service)
    try {
      return await instance.send(attempt)
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.what === 'left') throw error
      const goesOn = n < mostAttempts && isRepeatable && (error.what === 'refused' || error.what === 'stale')
      if (!goesOn) throw problemOf(error, service, attempt)
      if (error.what === 'refused') tried.add(instance)
    }
  }
}

function problemOf({ what, cause }: NoAnswer, service: string, { timeoutMs }: Attempt): Problem {
  if (what === 'refused') return noInstance(service, cause)
  if (what === 'late') return new Problem('gateway-timeout', `${service} did not answer within ${timeoutMs} ms.`)
  return new Problem('bad-gateway', `The connection to ${service} broke off before it answered.`, { cause })
}

export const noInstance = (service: string, cause?: unknown): Problem =>
  tryAgain('no-instance', `No instance of ${service} can be reached at the moment.`, cause)
