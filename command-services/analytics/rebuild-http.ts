import { type Accepted, commandIdOf, derivedId, type Handle } from '@bizosaas/event-store'
import {
  answerCommand,
  Count,
  commandContext,
  invalid,
  Problem,
  post,
  type Request,
  type Route,
  Uuid,
} from '@bizosaas/http'
import { streamName } from '@bizosaas/schemas'
import { Type } from 'typebox'
import type { TokenOf } from '../consistency-token.ts'
import { Maybe, ModelName, Reason } from '../shapes.ts'
import type { RebuildCommand, RebuildEvent, RebuildOrders } from './rebuild.ts'

const NewRebuild = Type.Object(
  {
    definition: Maybe(
      Type.Integer({
        minimum: 1,
        maximum: 2 ** 31 - 1,
        description: 'version of the definition whose handlers fill it; the newest unless said',
      }),
    ),
    workers: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 16, description: 'how many processes fill it, 1 to 16; 1 unless said' }),
    ),
    reason: Maybe(Reason),
  },
  { title: 'NewRebuild' },
)

const Why = Type.Object({ reason: Maybe(Reason) }, { title: 'RebuildReason' })

const CutOver = Type.Object(
  {
    acceptDifference: Maybe(
      Type.String({
        pattern: '^[0-9a-f]{8,64}$',
        description: 'the digest of the difference that was seen and is accepted, as the verification says it',
      }),
    ),
    reason: Maybe(Reason),
  },
  { title: 'CutOver' },
)

const Order = Type.Object(
  { id: Uuid, orderId: Uuid, revision: Count },
  {
    title: 'RebuildOrder',
    description: 'What came of it, `GET /v1/projections/{name}/rebuilds/{id}` says under its `orderId`',
  },
)

/** The orders that need no more than a reason, and what they do. */
const plain = {
  pause: ['Order that a rebuild rest', 'It keeps what it has built, and goes on from there when it is resumed.'],
  resume: ['Order that a paused rebuild go on', null],
  cancel: ['Order that a rebuild be dropped', 'Only while its version has never served.'],
  verify: [
    'Order that a rebuilt version be compared with the one that serves',
    'It is done by itself when a version has been built; ordered, it is done once more.',
  ],
  'roll-back': [
    'Order that the version serve again which this rebuild has replaced',
    'That one was kept up to date, so that nothing is lost; the rebuilt version stays, to be cut over again.',
  ],
  retire: [
    'Order that what no longer serves be dropped',
    'All older versions, if that of this rebuild serves; else its own.',
  ],
} as const

type Plain = keyof typeof plain
type Of = { readonly orderId: string; readonly rebuildId: string; readonly model: string }
type Asked = Request<{ readonly name: string }>

/** Which request is which order. All are accepted before they are carried out: 202. */
export function rebuildRoutes(
  handle: Handle<RebuildCommand, RebuildEvent, RebuildOrders>,
  tokenOf: TokenOf,
): readonly Route[] {
  const send = async (request: Asked, id: string | null, commandOf: (of: Of) => RebuildCommand) => {
    const context = commandContext(request, commandIdOf)
    if (context.clientIds !== null)
      throw new Problem('forbidden', 'An order needs an access token of the agency, not one of a single client.')
    const orderId = context.commandId
    const rebuildId = id ?? derivedId(orderId, 'rebuild')
    const command = commandOf({ orderId, rebuildId, model: request.params.name })
    const outcome = await handle({ id: rebuildId, command, context, ifMatch: request.ifMatch })
    const answer = answerCommand(outcome, {
      body: ({ revision }: Accepted<RebuildEvent, RebuildOrders>) => ({ id: rebuildId, orderId, revision }),
      token: tokenOf(streamName('rebuild', context.tenantId, rebuildId)),
    })
    return { ...answer, status: 202 }
  }
  const common = { may: 'projection:operate', params: { name: ModelName }, answer: Order, status: 202 } as const

  const request = post('/v1/projections/{name}/rebuilds', {
    ...common,
    summary: 'Order that a read model be built once more from the beginning, beside the version that serves',
    body: NewRebuild,
    run: (request) => {
      const { definition = null, workers = 1, reason = null } = request.body
      return send(request, null, (of) => ({ type: 'request', ...of, definition, workers, reason }))
    },
  })

  const cutOver = post('/v1/projections/{name}/rebuilds/{id}/cut-over', {
    ...common,
    summary: 'Order that a rebuilt version serve in place of the one that does',
    description:
      'Done if it is built, has dealt with everything that the other has dealt with, and was found equal to it; one that differs needs the ' +
      'digest of the difference and a reason, which are recorded. The other version is kept up to date until it is retired.',
    body: CutOver,
    run: (request) => {
      const { acceptDifference: acceptedDifference = null, reason = null } = request.body
      if (acceptedDifference !== null && reason === null)
        throw invalid([{ in: 'body', pointer: '/reason', detail: 'must say why the difference is accepted' }])
      return send(request, request.params.id, (of) => ({ type: 'cut-over', ...of, acceptedDifference, reason }))
    },
  })

  const others = (Object.keys(plain) as Plain[]).map((type) => {
    const [summary, description] = plain[type]
    return post(`/v1/projections/{name}/rebuilds/{id}/${type}`, {
      ...common,
      summary,
      ...(description !== null && { description }),
      body: Why,
      run: (request) =>
        send(request, request.params.id, (of) => ({ type, ...of, reason: request.body.reason ?? null })),
    })
  })

  return [request, cutOver, ...others]
}
