/**
 * Measuring on a shared machine: candidates take turns (A B A B …), so that a slow minute hits all of them, and what is
 * quoted is the median of the rounds and the ratio inside one run.
 */
import { type Calm, calm } from './calm.ts'
import { round2 } from './statistics.ts'

export type Candidate = {
  /** What is measured, for example "relay". */
  name: string
  unit: string
  /** Runs once and answers the figure in `unit`. It must check its own work and throw when rows are missing. */
  run: (round: number) => Promise<Readings>
}

/** One run may read several figures, for example a rate and latencies; the key becomes part of the row's name. */
export type Readings = Record<string, number>

export type Sample = { candidate: string; unit: string; reading: string; values: number[] }

export type Rounds = { samples: Sample[]; surroundings: Calm[] }

/** Runs every candidate once in each round, after one round that is not counted, and waits for a calm machine before each. */
export const takeTurns = async (
  candidates: Candidate[],
  rounds: number,
  print: (line: string) => void,
): Promise<Rounds> => {
  const values = new Map<string, Sample>()
  const surroundings: Calm[] = []
  for (let round = 0; round <= rounds; round++) {
    for (const candidate of candidates) {
      surroundings.push(await calm())
      const readings = await candidate.run(round)
      const text = Object.entries(readings).map(([reading, value]) => `${reading} ${round2(value)}`)
      print(`${round === 0 ? 'warm-up' : `round ${round}/${rounds}`}  ${candidate.name}: ${text.join(', ')}`)
      if (round === 0) continue
      for (const [reading, value] of Object.entries(readings)) {
        const key = `${candidate.name}/${reading}`
        const sample = values.get(key) ?? { candidate: candidate.name, unit: candidate.unit, reading, values: [] }
        sample.values.push(value)
        values.set(key, sample)
      }
    }
  }
  return { samples: [...values.values()], surroundings }
}
