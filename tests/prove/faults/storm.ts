/**
 * The storm: rounds of faults, several at once. After each round everything is healed and has to come back and to carry
 * all that was answered into the read models: so a system that stays broken is found there, and not at the end.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../random.ts'
import { drawFault, type Fault, type Faults } from './faults.ts'

export type Storm = {
  readonly done: () => readonly Fault[]
  readonly skipped: () => readonly Fault[]
  /** Resolves when so many were killed and all is healed. */
  readonly over: Promise<void>
}

const killsOfRound = 20
/** Between faults; a fourth of them comes at once with the one before. */
const shortestPauseMs = 200
const longestPauseMs = 1_800
/** How long the storm waits for the clients, who may be held up by it. */
const longestWaitMs = 8_000

export const startStorm = (options: {
  readonly faults: Faults
  readonly random: Random
  readonly kills: number
  /** Whether the clients have sent as much as belongs to so many kills. */
  readonly isInStep: (kills: number) => boolean
  /** Waits until the system is whole again. @throws when it does not become so */
  readonly recovered: () => Promise<void>
  readonly tell: (fault: Fault) => void
}): Storm => {
  const { faults, random, isInStep, recovered, tell } = options
  const done: Fault[] = []
  const skipped: Fault[] = []
  let kills = 0

  const next = async (): Promise<void> => {
    if (!random.chance(0.25)) await pause(random.whole(shortestPauseMs, longestPauseMs))
    for (const since = Date.now(); !isInStep(kills) && Date.now() - since < longestWaitMs; ) await pause(20)
    const fault = drawFault(random)
    const begun = faults.begin(fault)
    if (begun === 'impossible here') skipped.push(fault)
    if (begun !== 'done') return
    done.push(fault)
    if (fault.kind === 'kill') kills += 1
    tell(fault)
  }

  const round = async (): Promise<void> => {
    const enough = Math.min(options.kills, kills + killsOfRound)
    while (kills < enough) await next()
    await faults.heal()
    await recovered()
  }

  return {
    done: () => done,
    skipped: () => skipped,
    over: (async () => {
      while (kills < options.kills) await round()
    })(),
  }
}
