/**
 * What Node is told where units run. The relay and the projections hold batches in memory until these are written, services requests
 * until their store has answered; in a young generation of V8's usual 16 MiB they survive, and are then collected in the way that costs
 * most.
 */
export const nodeFlags = ['--min-semi-space-size=64', '--max-semi-space-size=64'] as const
