import type { EventData, EventVersions } from './generated/types.ts'

/**
 * Avro itself reads an old version as the latest: added fields get their defaults, removed ones are dropped. Where
 * that is not enough (a field is split, or the major changed) the version has a function here, from its own data
 * to the latest. When a still later version comes, the compiler says which of them must follow.
 */
export type Upcasters = {
  readonly [T in keyof EventData]?: {
    readonly [V in keyof EventVersions[T]]?: (stored: EventVersions[T][V]) => EventData[T]
  }
}

export const upcasters: Upcasters = {}
