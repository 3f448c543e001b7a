/**
 * Measuring on a shared machine: candidates take turns (A B A B …), so that a slow minute hits all of them, and what is
 * quoted is the median of the rounds and the ratio inside one run.
 */
import { type Calm, calmness } from './calm.ts'
import { round2 } from './statistics.ts'

export type Candidate<Reading extends string = string> = {
  /** What is measured, for example "relay". */
  readonly name: string
  /** The figures that one run reads, for example a rate and latencies, each with its unit. */
  readonly units: Readonly<Record<Reading, string>>
  /** Runs once and answers the figures. It must check its own work and throw when something is missing. */
  readonly run: (round: number) => Promise<Readonly<Record<Reading, number>>>
}

export type Sample = { candidate: string; reading: string; unit: string; values: number[] }

export type Rounds = { samples: Sample[]; surroundings: Calm[] }

/** How long one series of rounds waits for a calm machine in all. */
const patienceMs = 60_000

/** Runs every candidate once in each round, after one round that is not counted, and waits for a calm machine before each. */
export const takeTurns = async (
  candidates: readonly Candidate[],
  rounds: number,
  print: (line: string) => void,
): Promise<Rounds> => {
  const samples = new Map<string, Sample>()
  const surroundings: Calm[] = []
  const calm = calmness(patienceMs)
  for (let round = 0; round <= rounds; round++) {
    for (const { name, units, run } of candidates) {
      const machine = await calm()
      const readings = Object.entries(await run(round))
      const figures = readings.map(([reading, value]) => `${reading} ${round2(value)} ${units[reading]}`)
      const busy = machine.isCalm ? '' : '  (the machine was busy)'
      print(`${round === 0 ? 'warm-up' : `round ${round}/${rounds}`}  ${name}: ${figures.join(', ')}${busy}`)
      if (round === 0) continue
      surroundings.push(machine)
      for (const [reading, value] of readings) {
        const key = `${name}/${reading}`
        const sample = samples.get(key) ?? { candidate: name, reading, unit: units[reading] ?? '', values: [] }
        sample.values.push(value)
        samples.set(key, sample)
      }
    }
  }
  return { samples: [...samples.values()], surroundings }
}
