/**
 * What operators order about a stream that a read model has set aside. The runner of the projections carries an order out;
 * what came of it is no event but its bookkeeping. So whether the stream is parked, and at which event, is not known
 * here: an order says what it is about, and the runner does it only if it still fits.
 */
import { alreadyDone, type Decider } from '@bizosaas/event-store'
import {
  type DomainEvent,
  type ParkedEventSkipRequested,
  type ParkedStreamRedriveRequested,
  parkedStreamId,
} from '@bizosaas/schemas'

export type ParkedStreamEvent = DomainEvent<'ParkedStreamRedriveRequested' | 'ParkedEventSkipRequested'>

/** `id` is the one in the address; an order is one by its `orderId`, for the same may well be ordered again. */
export type ParkedStreamCommand = { readonly id: string } & (
  | ({ readonly type: 'redrive' } & ParkedStreamRedriveRequested)
  | ({ readonly type: 'skip' } & ParkedEventSkipRequested)
)

export interface ParkedStreamOrders {
  readonly lastOrderId: string | null
}

export const parkedStream: Decider<ParkedStreamCommand, ParkedStreamEvent, ParkedStreamOrders> = {
  category: 'parkedStream',
  initial: { lastOrderId: null },
  clientOf: () => null,

  decide(command, { lastOrderId }) {
    const { model, version, stream } = command
    if (parkedStreamId({ model, version, stream }) !== command.id) {
      const detail = `The id ${command.id} is not that of the stream ${stream} in version ${version} of ${model}.`
      return { refusal: 'not-found', detail }
    }
    return command.orderId === lastOrderId ? alreadyDone : [eventOf(command)]
  },

  evolve: (_, { data }) => ({ lastOrderId: data.orderId }),
}

function eventOf({ id: _, ...command }: ParkedStreamCommand): ParkedStreamEvent {
  if (command.type === 'redrive') {
    const { type, ...data } = command
    return { type: 'ParkedStreamRedriveRequested', data }
  }
  const { type, ...data } = command
  return { type: 'ParkedEventSkipRequested', data }
}
