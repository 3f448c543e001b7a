/**
 * What Node is told where a rebuild worker runs: large batches are decoded, folded and written before they are garbage, and in a smaller
 * young generation of V8 they survive, and are then collected in the way that costs most.
 */
export const workerFlags = ['--min-semi-space-size=256', '--max-semi-space-size=256'] as const
