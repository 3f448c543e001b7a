/**
 * What Node is told where units run. The relay and the projections hold batches in memory until these are written, services requests
 * until their store has answered; in a young generation of V8's usual 16 MiB they survive, and are then collected in the way that costs
 * most. From such survivors V8 would learn to make the like of them in the old generation at once, where the dead ones keep alive what
 * they refer to: half of all that a runner makes, until the next full collection.
 */
export const nodeFlags = [
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--no-allocation-site-pretenuring',
] as const
