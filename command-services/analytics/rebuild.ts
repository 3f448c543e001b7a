/**
 * What operators order about the rebuild of a read model. The runner of the projections carries an order out; what came of it is no
 * event but its bookkeeping. So how far a rebuild is, and which version serves, is not known here: an order says what it is
 * about, and the runner does it only if it fits what it finds.
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import type {
  CutOverRequested,
  DomainEvent,
  RebuildCancelled,
  RebuildPaused,
  RebuildRequested,
  RebuildResumed,
  RebuildVerificationRequested,
  RetirementRequested,
  RollBackRequested,
} from '@bizosaas/schemas'

export type RebuildEvent = DomainEvent<
  | 'RebuildRequested'
  | 'RebuildPaused'
  | 'RebuildResumed'
  | 'RebuildCancelled'
  | 'RebuildVerificationRequested'
  | 'CutOverRequested'
  | 'RollBackRequested'
  | 'RetirementRequested'
>

/** An order is one by its `orderId`, for the same may well be ordered again. */
export type RebuildCommand =
  | ({ readonly type: 'request' } & RebuildRequested)
  | ({ readonly type: 'pause' } & RebuildPaused)
  | ({ readonly type: 'resume' } & RebuildResumed)
  | ({ readonly type: 'cancel' } & RebuildCancelled)
  | ({ readonly type: 'verify' } & RebuildVerificationRequested)
  | ({ readonly type: 'cut-over' } & CutOverRequested)
  | ({ readonly type: 'roll-back' } & RollBackRequested)
  | ({ readonly type: 'retire' } & RetirementRequested)

export interface RebuildOrders {
  /** The read model; null before the rebuild is requested. */
  readonly model: string | null
  readonly lastOrderId: string | null
}

export const rebuild: Decider<RebuildCommand, RebuildEvent, RebuildOrders> = {
  category: 'rebuild',
  initial: { model: null, lastOrderId: null },
  clientOf: () => null,
  decide: (command, state) => {
    if (command.orderId === state.lastOrderId) return alreadyDone
    return misfitOf(command, state) ?? [eventOf(command)]
  },
  evolve: (_, { data }) => ({ model: data.model, lastOrderId: data.orderId }),
}

function misfitOf({ type, rebuildId, model }: RebuildCommand, of: RebuildOrders): Refusal | null {
  if (type === 'request') {
    if (of.model === null) return null
    return { refusal: 'already-requested', detail: `The rebuild ${rebuildId} of ${of.model} is ordered already.` }
  }
  if (of.model === model) return null
  return { refusal: 'not-found', detail: `There is no rebuild ${rebuildId} of ${model}.` }
}

function eventOf({ type, ...data }: RebuildCommand): RebuildEvent {
  return { type: eventTypes[type], data } as RebuildEvent
}

const eventTypes = {
  request: 'RebuildRequested',
  pause: 'RebuildPaused',
  resume: 'RebuildResumed',
  cancel: 'RebuildCancelled',
  verify: 'RebuildVerificationRequested',
  'cut-over': 'CutOverRequested',
  'roll-back': 'RollBackRequested',
  retire: 'RetirementRequested',
} as const satisfies { readonly [T in RebuildCommand['type']]: RebuildEvent['type'] }
