import { derivedId } from '@bizosaas/event-store'
import { grantable, post, put, type Request, type Route } from '@bizosaas/http'
import { RoleId } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { Name } from '../shapes.ts'
import { agencyContext, answerNow, Now, type People } from './people.ts'
import type { RoleCommand } from './role.ts'

const RoleBody = Type.Object(
  { name: Name, permissions: Type.Array(Type.Enum([...grantable]), { minItems: 1, maxItems: grantable.length }) },
  { title: 'RoleBody' },
)

/** Roles of the agency's own, made of permissions. */
export function roleRoutes(people: People): readonly Route[] {
  const send = async (request: Request, commandOf: (newId: RoleId) => RoleCommand) => {
    const context = agencyContext(people, request)
    const command = commandOf(RoleId.parse(derivedId(context.commandId, 'role')))
    const id = command.roleId
    const outcome = await people.role({ id, command, context, ifMatch: request.ifMatch })
    const told =
      'events' in outcome ? { ...outcome, state: { state: outcome.state?.isRetired ? 'retired' : 'defined' } } : outcome
    return answerNow(people, context, 'role', id, told)
  }

  const define = post('/v1/roles', {
    may: 'role:define',
    summary: 'Make a role out of permissions',
    body: RoleBody,
    answer: Now,
    status: 201,
    run: async (request) => {
      const { name, permissions } = request.body
      const answer = await send(request, (roleId) => ({ type: 'define', roleId, name: name.trim(), permissions }))
      return { ...answer, status: 201 }
    },
  })

  const revise = put('/v1/roles/{id}', {
    may: 'role:revise',
    summary: 'Give a role another name or other permissions',
    body: RoleBody,
    answer: Now,
    run: (request) => {
      const { name, permissions } = request.body
      const roleId = RoleId.parse(request.params.id)
      return send(request, () => ({ type: 'revise', roleId, name: name.trim(), permissions }))
    },
  })

  const retire = post('/v1/roles/{id}/retire', {
    may: 'role:retire',
    summary: 'Give a role to nobody any more',
    answer: Now,
    run: (request) => send(request, () => ({ type: 'retire', roleId: RoleId.parse(request.params.id) })),
  })

  return [define, revise, retire]
}
