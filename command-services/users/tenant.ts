/**
 * An agency, or a client of one: the same life, one level apart. Staff of an agency work for its clients.
 *
 *   provisioning → active ⇄ suspended → offboarding
 *
 * An active one may be offboarded as well, and it may be renamed until then.
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import {
  ClientId,
  type DomainEvent,
  type EventData,
  type TenantId,
  type TenantProvisioned,
  type TenantRenamed,
} from '@bizosaas/schemas'

export const tenantSteps = {
  activate: { from: ['provisioning', 'suspended'], event: 'TenantActivated', to: 'active' },
  suspend: { from: ['active'], event: 'TenantSuspended', to: 'suspended' },
  offboard: { from: ['active', 'suspended'], event: 'TenantOffboarded', to: 'offboarding' },
} as const

export type TenantVerb = keyof typeof tenantSteps
type StepEvent = (typeof tenantSteps)[TenantVerb]['event']
export type TenantEvent = DomainEvent<'TenantProvisioned' | 'TenantRenamed' | StepEvent>

/** A command says what its event will say. */
export type TenantStep = {
  [V in TenantVerb]: { readonly type: V } & EventData[(typeof tenantSteps)[V]['event']]
}[TenantVerb]
export type TenantCommand =
  | ({ readonly type: 'provision' } & TenantProvisioned)
  | ({ readonly type: 'rename' } & TenantRenamed)
  | TenantStep

export interface Tenant {
  readonly state: 'nothing' | 'provisioning' | (typeof tenantSteps)[TenantVerb]['to']
  readonly lastStep: StepEvent | null
  /** Null for an agency. */
  readonly clientId: ClientId | null
  readonly name: string | null
}

export const tenant: Decider<TenantCommand, TenantEvent, Tenant> = {
  category: 'tenant',
  initial: { state: 'nothing', lastStep: null, clientId: null, name: null },
  clientOf: ({ clientId }) => clientId,

  decide(command, state) {
    const { type, ...data } = command
    if (type === 'provision')
      return state.state === 'nothing' ? [{ type: 'TenantProvisioned', data } as TenantEvent] : alreadyDone
    if (state.state === 'nothing') return notFound(command.tenantId)
    if (type === 'rename') {
      if (command.name === state.name) return alreadyDone
      if (state.state === 'offboarding') return illegalStep(state, type, ['provisioning', 'active', 'suspended'])
      return [{ type: 'TenantRenamed', data } as TenantEvent]
    }
    const { from, event } = tenantSteps[type]
    if (state.lastStep === event) return alreadyDone
    if (!from.some((each) => each === state.state)) return illegalStep(state, type, from)
    return [{ type: event, data } as TenantEvent]
  },

  evolve(state, event) {
    switch (event.type) {
      case 'TenantProvisioned': {
        const { tenantId, agencyId, name } = event.data
        return { ...state, state: 'provisioning', clientId: agencyId === null ? null : ClientId.parse(tenantId), name }
      }
      case 'TenantRenamed':
        return { ...state, name: event.data.name }
      default: // only steps are left, as the compiler knows
        return { ...state, state: stateAfter[event.type], lastStep: event.type }
    }
  },
}

const stateAfter = { TenantActivated: 'active', TenantSuspended: 'suspended', TenantOffboarded: 'offboarding' } as const

function illegalStep({ state }: Tenant, verb: string, from: readonly string[]): Refusal {
  const detail = `It is in state ${state}; ${verb} is possible in state ${from.join(', ')} only.`
  return { refusal: 'illegal-step', detail, state, verb }
}

function notFound(id: TenantId): Refusal {
  return { refusal: 'not-found', detail: `There is no agency or client ${id}.` }
}
