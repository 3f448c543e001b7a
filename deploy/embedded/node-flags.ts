/**
 * What Node is told where units run. The relay and the projections hold batches in memory until these are written, services requests
 * until their store has answered; in a young generation of V8's usual 16 MiB they survive, and are then collected in the way that costs
 * most. From what survives V8 would also learn to allocate the like of it in the old generation from the start. There, what is dead keeps
 * what it refers to alive until the next full collection: about half of all that a runner made was promoted so.
 */
export const nodeFlags = [
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--no-allocation-site-pretenuring',
] as const
