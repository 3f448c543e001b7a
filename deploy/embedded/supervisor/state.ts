import { readFileSync } from 'node:fs'
import path from 'node:path'
import { writeSecret } from '../secrets.ts'
import type { PartState } from './supervise.ts'

/** What runs, for the commands beside it (`npm run stack`, `npm run token`); `<data>/state.json`, readable by its owner alone. */
export type State = {
  /** The supervisor's process id. */
  readonly pid: number
  readonly startedAt: string
  readonly stopping: boolean
  readonly parts: Readonly<Record<string, PartStatus>>
  /** Every setting that a unit needs to take part, passwords included. */
  readonly settings: Readonly<Record<string, string>>
}

export type PartStatus = {
  readonly state: PartState
  readonly pid: number | null
  readonly restarts: number
  readonly ports: readonly number[]
}

const fileOf = (dataFolder: string) => path.join(dataFolder, 'state.json')

/** @returns null when nothing ran there yet, or what is written cannot be read */
export function readState(dataFolder: string): State | null {
  try {
    return JSON.parse(readFileSync(fileOf(dataFolder), 'utf8')) as State
  } catch {
    return null
  }
}

export const writeState = (dataFolder: string, state: State): void =>
  writeSecret(fileOf(dataFolder), JSON.stringify(state, null, 2))
