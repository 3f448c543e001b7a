import type { Parked } from './unparked.ts'

/** Many streams at once cannot be applied: the projection stops, for trying again would not mend it. */
export class ParkingBurst extends Error {
  override readonly name = 'ParkingBurst'
  constructor(poisoned: readonly Parked[]) {
    const reasons = [...new Set(poisoned.map(({ error }) => error))].slice(0, 3).join(' | ')
    super(
      `${poisoned.length} streams at once cannot be applied, so the handler or the table is likely to be wrong. ` +
        `Mend it and start the projection again. ${reasons}`,
    )
  }
}

/** What an operator finds in the log of an event that cannot be applied. */
export function factsOf({ record, error }: Parked) {
  const { stream, type, position, revision, eventId, metadata } = record
  const { commandId, traceparent } = metadata ?? {}
  return { stream, type, position, revision, eventId, commandId, traceId: traceparent?.split('-')[1], reason: error }
}
