import { within } from './within.ts'

export type HealthReport = { readonly ready: boolean; readonly checks: Readonly<Record<string, 'ok' | 'failed'>> }

/** Throws or rejects when the part is not usable. */
export type HealthCheck = () => Promise<unknown>

export type Health = {
  readonly add: (name: string, check: HealthCheck) => void
  /** Runs every check at once, each within the time limit; a probe that comes while one runs gets its result. */
  readonly report: () => Promise<HealthReport>
}

const answerWithinMs = 2_000
const noAnswer = () => new Error(`no answer within ${answerWithinMs} ms`)

/**
 * The named checks of one unit; all must pass for it to be ready. Why one fails is for the log, not for the probe.
 *
 * @param onFailure told once when a check begins to fail, and again when it fails for another reason: probes come many
 *   times a second while a system starts. It is given the reason alone, for the stack would only lead to the check.
 */
export function createHealth(onFailure: (name: string, reason: string) => void): Health {
  const checks = new Map<string, HealthCheck>()
  const failing = new Map<string, string>()
  let running: Promise<HealthReport> | null = null

  const passes = async (name: string, check: HealthCheck): Promise<boolean> => {
    try {
      await within(answerWithinMs, check(), noAnswer)
      failing.delete(name)
      return true
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (failing.get(name) !== reason) onFailure(name, reason)
      failing.set(name, reason)
      return false
    }
  }

  const run = async (): Promise<HealthReport> => {
    const results = await Promise.all(
      [...checks].map(async ([name, check]) => ({ name, passed: await passes(name, check) })),
    )
    return {
      ready: results.every(({ passed }) => passed),
      checks: Object.fromEntries(results.map(({ name, passed }) => [name, passed ? 'ok' : 'failed'])),
    }
  }

  return {
    add: (name, check) => {
      checks.set(name, check)
    },
    report: () => {
      running ??= run().finally(() => {
        running = null
      })
      return running
    },
  }
}
