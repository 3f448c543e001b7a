import { type CommandContext, derivedId } from '@bizosaas/event-store'
import { type Permission, post, type Request, type Route, Uuid } from '@bizosaas/http'
import { TenantId } from '@bizosaas/schemas'
import { type TObject, Type } from 'typebox'
import { Name, Remark } from '../shapes.ts'
import { Invited, invitedOf, inviteUser, Person } from './invite.ts'
import { accepted, agencyContext, answerNow, Now, type People, part } from './people.ts'
import type { TenantCommand, TenantStep, TenantVerb } from './tenant.ts'

/** Each step is `POST /v1/agencies/{id}/<verb>`, and the same of clients. */
const steps: Readonly<Record<TenantVerb, { readonly summary: string; readonly body: TObject }>> = {
  activate: { summary: 'may be worked for, for the first time or again', body: Type.Object({}) },
  suspend: { summary: 'is not worked for, for the time being', body: Type.Object({ reason: Remark }) },
  offboard: { summary: 'is leaving', body: Type.Object({}) },
}

/** Agencies are looked after by operators, clients by their agency. */
export function tenantRoutes(people: People): readonly Route[] {
  const send = async (context: CommandContext, command: TenantCommand, ifMatch: number | null) => {
    const outcome = await people.tenant({ id: command.tenantId, command, context, ifMatch })
    return answerNow(people, context, 'tenant', command.tenantId, outcome)
  }

  /** An operator is of no agency: the one that the path names is meant. */
  const asAgency = (context: CommandContext, tenantId: TenantId): CommandContext => ({ ...context, tenantId })

  const newAgency = post('/v1/agencies', {
    may: 'agency:provision',
    summary: 'Set up an agency, and invite its first owner',
    body: Type.Object({ name: Name, owner: Person }, { title: 'NewAgency' }),
    answer: Type.Object({ id: Uuid, owner: Invited }, { title: 'AgencyProvisioned' }),
    status: 201,
    run: async (request) => {
      const own = agencyContext(people, request)
      const tenantId = TenantId.parse(derivedId(own.commandId, 'tenant'))
      const context = asAgency(own, tenantId)
      const command = { type: 'provision', tenantId, agencyId: null, name: request.body.name.trim() } as const
      const provisioning = { id: tenantId, command, context: part(context, 'tenant') }
      accepted(await people.tenant(provisioning))
      const rights = { roles: ['owner'], customRoles: [], clients: null, clientId: null } as const
      const invited = await inviteUser(people, context, { ...request.body.owner, ...rights, byOwner: true })
      return invitedOf(people, context, invited, (owner) => ({ id: tenantId, owner }))
    },
  })

  const newClient = post('/v1/clients', {
    may: 'client:create',
    summary: 'Take a client on',
    body: Type.Object({ name: Name }, { title: 'NewClient' }),
    answer: Now,
    status: 201,
    run: async (request) => {
      const context = agencyContext(people, request)
      const tenantId = TenantId.parse(derivedId(context.commandId, 'tenant'))
      const name = request.body.name.trim()
      const answer = await send(context, { type: 'provision', tenantId, agencyId: context.tenantId, name }, null)
      return { ...answer, status: 201 }
    },
  })

  const rename = post('/v1/clients/{id}/rename', {
    may: 'client:rename',
    summary: 'Give the client another name',
    body: Type.Object({ name: Name }),
    answer: Now,
    run: (request) => {
      const tenantId = TenantId.parse(request.params.id)
      const context = agencyContext(people, request)
      return send(context, { type: 'rename', tenantId, name: request.body.name.trim() }, request.ifMatch)
    },
  })

  const stepsOf = (what: 'agency' | 'client', plural: string) =>
    Object.entries(steps).map(([verb, { summary, body }]) =>
      post(`/v1/${plural}/{id}/${verb}`, {
        may: `${what}:${verb}` as Permission,
        summary: `From now on the ${what} ${summary}`,
        body,
        answer: Now,
        run: (request: Request<{ readonly id: string }, unknown, object>) => {
          const tenantId = TenantId.parse(request.params.id)
          const context = agencyContext(people, request)
          const command = { type: verb, tenantId, ...request.body } as TenantStep
          return send(what === 'agency' ? asAgency(context, tenantId) : context, command, request.ifMatch)
        },
      }),
    )

  return [newAgency, newClient, rename, ...stepsOf('agency', 'agencies'), ...stepsOf('client', 'clients')]
}
