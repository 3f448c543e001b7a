/** Definitions whose sources have changed and whose rows come out the same, and why. One is removed when its definition changes again. */
import type { SameOutput } from './definitions.ts'

export const sameOutput: SameOutput = {}
