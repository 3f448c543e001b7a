/**
 * What Node is told where the relay and the projections run. They hold batches in memory until these are written; in a young
 * generation of V8's usual 16 MiB they survive, and are then collected in the way that costs most.
 */
export const flowFlags = ['--min-semi-space-size=64', '--max-semi-space-size=64'] as const
