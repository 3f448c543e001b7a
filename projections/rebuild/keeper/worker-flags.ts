/**
 * What Node is told where a rebuild worker runs: large batches are decoded, folded and written before they are garbage, and in a smaller
 * young generation of V8 they survive, and are then collected in the way that costs most. With pretenuring V8
 * would allocate such objects in the old generation, where what is dead keeps alive what it refers to.
 */
export const workerFlags = [
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
  '--no-allocation-site-pretenuring',
] as const
