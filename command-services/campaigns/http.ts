import { type Accepted, commandIdOf, derivedId, type Handle } from '@bizosaas/event-store'
import {
  Amount,
  answerCommand,
  CalendarDate,
  Count,
  commandContext,
  type Permission,
  post,
  put,
  type Route,
  Uuid,
} from '@bizosaas/http'
import { AdAccountId, CampaignId, ClientId, CalendarDate as Day, decimalToMicros, streamName } from '@bizosaas/schemas'
import { type Static, type TObject, type TProperties, Type } from 'typebox'
import type { TokenOf } from '../consistency-token.ts'
import { Currency, Maybe, Name, PlatformId, Remark } from '../shapes.ts'
import type { Campaign, CampaignCommand, CampaignEvent, StepCommand, Verb } from './campaign.ts'

/** Each step is `POST /v1/campaigns/{id}/<verb>`: what it is for, what its body may say, and that in the command's words. */
const steps: { readonly [V in Verb]: StepRequest<Omit<Extract<StepCommand, { type: V }>, 'type' | 'campaignId'>> } = {
  submit: step('Hand the draft in for review', {}, () => ({})),
  approve: step('Release the campaign for scheduling', { comment: Maybe(Remark) }, ({ comment = null }) => ({
    comment,
  })),
  reject: step('Send the campaign back to draft', { reason: Remark }, ({ reason }) => ({ reason })),
  schedule: step(
    'Fix the days on which the campaign is to run',
    { startsOn: CalendarDate, endsOn: Maybe(CalendarDate) },
    ({ startsOn, endsOn }) => ({ startsOn: Day.parse(startsOn), endsOn: endsOn ? Day.parse(endsOn) : null }),
  ),
  activate: step('Let the campaign run', {}, () => ({})),
  pause: step('Halt the campaign for a while', { reason: Maybe(Remark) }, ({ reason = null }) => ({ reason })),
  resume: step('Let the campaign run again', {}, () => ({})),
  complete: step('End the campaign', {}, () => ({})),
  archive: step('Put the campaign away', {}, () => ({})),
  cancel: step('Give the campaign up before it runs', { reason: Maybe(Remark) }, ({ reason = null }) => ({ reason })),
}

const CampaignNow = Type.Object({ id: Uuid, state: Type.String(), revision: Count }, { title: 'CampaignNow' })

/** Which request is which command, and who may send it. All answer where the campaign is now. */
export function campaignRoutes(
  handle: Handle<CampaignCommand, CampaignEvent, Campaign>,
  tokenOf: TokenOf,
): readonly Route[] {
  const send = async (
    request: Parameters<typeof commandContext>[0],
    command: CampaignCommand,
    context = commandContext(request, commandIdOf),
  ) => {
    const id = command.campaignId
    const outcome = await handle({ id, command, context, ifMatch: request.ifMatch })
    return answerCommand(outcome, {
      body: ({ revision, state: { state } }: Accepted<CampaignEvent, Campaign>) => ({ id, state, revision }),
      token: tokenOf(streamName('campaign', context.tenantId, id)),
      ...(command.type === 'create' ? { location: `/v1/campaigns/${id}` } : {}),
    })
  }

  const create = post('/v1/campaigns', {
    may: 'campaign:create',
    summary: 'Draft a campaign for a client',
    body: Type.Object({ clientId: Uuid, name: Name, objective: Maybe(Remark) }, { title: 'NewCampaign' }),
    answer: CampaignNow,
    status: 201,
    run: (request) => {
      const context = commandContext(request, commandIdOf)
      const campaignId = CampaignId.parse(derivedId(context.commandId, 'campaign'))
      const { clientId, name, objective = null } = request.body
      const client = ClientId.parse(clientId)
      return send(request, { type: 'create', campaignId, clientId: client, name: name.trim(), objective }, context)
    },
  })

  const rename = post('/v1/campaigns/{id}/rename', {
    may: 'campaign:rename',
    summary: 'Give the campaign another name',
    body: Type.Object({ name: Name }),
    answer: CampaignNow,
    run: (request) => {
      const { params, body } = request
      return send(request, { type: 'rename', campaignId: CampaignId.parse(params.id), name: body.name.trim() })
    },
  })

  const link = post('/v1/campaigns/{id}/link', {
    may: 'campaign:link',
    summary: 'Tie the campaign to the one on the ad platform that carries it out',
    body: Type.Object({ adAccountId: Uuid, platformCampaignId: PlatformId }, { title: 'CampaignLink' }),
    answer: CampaignNow,
    run: (request) => {
      const { params, body } = request
      const { platformCampaignId } = body
      const adAccountId = AdAccountId.parse(body.adAccountId)
      return send(request, { type: 'link', campaignId: CampaignId.parse(params.id), adAccountId, platformCampaignId })
    },
  })

  const budget = put('/v1/campaigns/{id}/budget', {
    may: 'budget:revise',
    summary: 'Set the budget for the whole life of the campaign',
    body: Type.Object({ amount: Amount, currency: Currency }, { title: 'Budget' }),
    answer: CampaignNow,
    run: (request) => {
      const { params, body } = request
      const money = { amountMicros: decimalToMicros(body.amount), currency: body.currency }
      return send(request, { type: 'reviseBudget', campaignId: CampaignId.parse(params.id), budget: money })
    },
  })

  const verbs = Object.entries(steps).map(([verb, { summary, body, said }]) =>
    post(`/v1/campaigns/{id}/${verb}`, {
      may: `campaign:${verb}` as Permission,
      summary,
      body,
      answer: CampaignNow,
      run: (request) => {
        const campaignId = CampaignId.parse(request.params.id)
        return send(request, { type: verb, campaignId, ...said(request.body) } as StepCommand)
      },
    }),
  )

  return [create, rename, link, budget, ...verbs]
}

interface StepRequest<Said> {
  readonly summary: string
  readonly body: TObject
  readonly said: (body: unknown) => Said
}

function step<Properties extends TProperties, Said>(
  summary: string,
  properties: Properties,
  said: (body: Static<TObject<Properties>>) => Said,
): StepRequest<Said> {
  return { summary, body: Type.Object(properties), said: said as (body: unknown) => Said }
}
