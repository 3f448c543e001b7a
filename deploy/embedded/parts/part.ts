import type { Ports } from '../ports.ts'
import type { Secrets } from '../secrets.ts'

/** One supervised process, described: how to prepare it, start it, ask it whether it works, and stop it. */
export type Part = {
  readonly name: string
  /** What people call it. */
  readonly title: string
  readonly ports: readonly (keyof Ports)[]
  /** Makes its data folder and configuration; runs before every start of the system and changes nothing that is there. */
  readonly prepare: () => Promise<void>
  readonly command: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Who runs it, where that must not be the supervisor's own user. */
  readonly user?: User | null
  /** Asks a real question over the part's own protocol; rejects while it is not answered. Repeated until it is. */
  readonly probe: (signal: AbortSignal) => Promise<void>
  readonly readyWithinMs: number
  readonly stopSignal: 'SIGTERM' | 'SIGINT'
  readonly stopWithinMs: number
  /** Lines of its log which mean that its data is damaged or of another version. */
  readonly damaged: RegExp
}

export type User = { readonly name: string; readonly uid: number; readonly gid: number }

/** What a part is made for. */
export type Place = {
  /** The part's own folder in the data folder; exists. */
  readonly folder: string
  readonly ports: Ports
  readonly secrets: Secrets
}
