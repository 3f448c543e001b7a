export type HealthReport = { readonly ready: boolean; readonly checks: Readonly<Record<string, 'ok' | 'failed'>> }

/** Throws or rejects when the part is not usable. */
export type HealthCheck = () => Promise<unknown>

export type Health = {
  readonly add: (name: string, check: HealthCheck) => void
  /** Runs every check at once, each within the time limit; a probe that comes while one runs gets its result. */
  readonly report: () => Promise<HealthReport>
}

const answerWithinMs = 2_000

/** The named checks of one unit; all must pass for it to be ready. Why one fails is for the log, not for the probe. */
export function createHealth(onFailure: (name: string, error: unknown) => void): Health {
  const checks = new Map<string, HealthCheck>()
  let running: Promise<HealthReport> | null = null

  const run = async (): Promise<HealthReport> => {
    const results = await Promise.all(
      [...checks].map(async ([name, check]): Promise<[string, 'ok' | 'failed']> => {
        try {
          await within(answerWithinMs, check())
          return [name, 'ok']
        } catch (error) {
          onFailure(name, error)
          return [name, 'failed']
        }
      }),
    )
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) }
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

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
