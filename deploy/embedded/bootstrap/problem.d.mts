export class Problem extends Error {}
export function giveUp(error: unknown): never
