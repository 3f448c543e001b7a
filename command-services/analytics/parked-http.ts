import { type Accepted, commandIdOf, type Handle } from '@bizosaas/event-store'
import {
  answerCommand,
  Count,
  commandContext,
  notFound,
  Problem,
  post,
  type Request,
  type Route,
  Uuid,
} from '@bizosaas/http'
import { parseStreamName, streamName } from '@bizosaas/schemas'
import { Type } from 'typebox'
import type { TokenOf } from '../consistency-token.ts'
import { Maybe, ModelName, Reason } from '../shapes.ts'
import type { ParkedStreamCommand, ParkedStreamEvent, ParkedStreamOrders } from './parked-stream.ts'

/** Which stream it is, as `GET /v1/parked/{id}` says: commands look nothing up in a read model. */
const place = {
  model: ModelName,
  version: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1, description: 'a version of the model, from 1' }),
  stream: Type.String({ minLength: 1, maxLength: 500, description: 'the name of the parked stream' }),
}

const Order = Type.Object(
  { id: Uuid, orderId: Uuid, revision: Count },
  { title: 'ParkedStreamOrder', description: 'What came of it, `GET /v1/parked/{id}` says under its `orderId`' },
)

/** Which request is which order. All are accepted before they are carried out: 202. */
export function parkedRoutes(
  handle: Handle<ParkedStreamCommand, ParkedStreamEvent, ParkedStreamOrders>,
  tokenOf: TokenOf,
): readonly Route[] {
  const send = async (
    request: Request<{ readonly id: string }, unknown, { readonly stream: string }>,
    commandOf: (order: { id: string; orderId: string }) => ParkedStreamCommand,
  ) => {
    const context = commandContext(request, commandIdOf)
    const { id } = request.params
    const { stream } = request.body
    if (context.clientIds !== null)
      throw new Problem('forbidden', 'An order needs an access token of the agency, not one of a single client.')
    if (parseStreamName(stream)?.tenantId !== context.tenantId) throw notFound(`There is no stream ${stream}.`)
    const orderId = context.commandId
    const outcome = await handle({ id, command: commandOf({ id, orderId }), context, ifMatch: request.ifMatch })
    const answer = answerCommand(outcome, {
      body: ({ revision }: Accepted<ParkedStreamEvent, ParkedStreamOrders>) => ({ id, orderId, revision }),
      token: tokenOf(streamName('parkedStream', context.tenantId, id)),
    })
    return { ...answer, status: 202 }
  }

  const redrive = post('/v1/parked/{id}/redrive', {
    may: 'projection:operate',
    summary: 'Order that a parked stream be applied again',
    description:
      'From its first event that waits, in order. What still cannot be applied stays parked, with all behind it.',
    body: Type.Object({ ...place, reason: Maybe(Reason) }, { title: 'Redrive' }),
    answer: Order,
    status: 202,
    run: (request) => {
      const { model, version, stream, reason = null } = request.body
      return send(request, (order) => ({ type: 'redrive', ...order, model, version, stream, reason }))
    },
  })

  const skip = post('/v1/parked/{id}/skip', {
    may: 'projection:operate',
    summary: 'Order that the read model do without the first event of a parked stream, and apply the rest',
    description:
      'The event stays in the history; this version of the read model leaves it out. It is left out only if it is the first that waits.',
    body: Type.Object({ ...place, position: Count, reason: Reason }, { title: 'Skip' }),
    answer: Order,
    status: 202,
    run: (request) => {
      const { model, version, stream, position, reason } = request.body
      return send(request, (order) => ({ type: 'skip', ...order, model, version, stream, position, reason }))
    },
  })

  return [redrive, skip]
}
