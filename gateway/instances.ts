import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { type Log, metrics } from '@bizosaas/runtime'
import CircuitBreaker from 'opossum'
import { Counter, Gauge } from 'prom-client'
import { type Attempt, NoAnswer, type SendTo } from './attempt.ts'

/** `ready` and `answering` (it lives, but says that it is not ready) by its /readyz; `away`: it does not answer at all. */
type State = 'unknown' | 'ready' | 'answering' | 'away'

export type Instance = {
  readonly url: URL
  readonly send: (attempt: Attempt) => ReturnType<SendTo>
}

export type Instances = {
  /** The one that should take the next request; null when none can. */
  readonly choose: (service: string, tried: ReadonlySet<Instance>) => Instance | null
  readonly services: readonly string[]
  /** @throws unless at least one instance of any service answers */
  readonly check: () => Promise<void>
  readonly stop: () => void
}

/**
 * Opens when half of at least ten requests within ten seconds brought no answer: then the instance is left alone for five
 * seconds, and the next request is the trial. An answer is an answer whatever its status, for a service that cannot reach
 * its store knows better than the gateway what to say.
 */
const breakerOptions = {
  timeout: false,
  errorThresholdPercentage: 50,
  volumeThreshold: 10,
  rollingCountTimeout: 10_000,
  resetTimeout: 5_000,
  errorFilter: (error: unknown) => !(error instanceof NoAnswer) || error.what === 'left' || error.what === 'stale',
} as const

const askEveryMs = 1_000
const answerWithinMs = 2_000

const attempts = new Counter({
  name: 'gateway_attempts_total',
  help: 'Requests sent to instances, by what became of them',
  labelNames: ['service', 'instance', 'outcome'] as const,
  registers: [metrics],
})
const states = new Gauge({
  name: 'gateway_instance_state',
  help: '1 for the state that an instance of a service is in: unknown, ready, answering or away, and open while its circuit is',
  labelNames: ['service', 'instance', 'state'] as const,
  registers: [metrics],
})

/** Watches the instances of all services and shares the requests out among those that are well. */
export function watchInstances(upstreams: ReadonlyMap<string, readonly URL[]>, sendTo: SendTo, log: Log): Instances {
  const byService = new Map(
    [...upstreams].map(([service, urls]) => [service, urls.map((url) => watchInstance(service, url, sendTo, log))]),
  )
  const all = [...byService.values()].flat()
  let turn = 0

  return {
    services: [...byService.keys()],
    choose: (service, tried) => {
      const candidates = (byService.get(service) ?? []).filter((one) => !tried.has(one) && one.isUsable())
      const best = Math.min(...candidates.map(({ rank }) => rank()))
      const well = candidates.filter(({ rank }) => rank() === best)
      const least = Math.min(...well.map(({ inHand }) => inHand()))
      const idle = well.filter(({ inHand }) => inHand() === least)
      return idle[turn++ % idle.length] ?? null
    },
    check: async () => {
      if (!all.some(({ rank }) => rank() < 2)) throw new Error('no instance of any service answers')
    },
    stop: () => {
      for (const one of all) one.stop()
    },
  }
}

const ranks: Readonly<Record<State, number>> = { ready: 0, unknown: 1, answering: 1, away: 2 }

function watchInstance(service: string, url: URL, sendTo: SendTo, log: Log) {
  const agent = new (url.protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true, maxFreeSockets: 256 })
  const labels = { service, instance: url.host }
  const breaker = new CircuitBreaker((attempt: Attempt) => sendTo(url, agent, attempt), breakerOptions)
  breaker.on('open', () => log.warn(labels, 'the circuit to an instance is open'))
  breaker.on('close', () => log.info(labels, 'the circuit to an instance is closed again'))
  let inHand = 0
  let state: State = 'unknown'

  const enter = (next: State) => {
    if (next === state) return
    if (next === 'away') log.warn(labels, 'an instance does not answer')
    else if (state === 'away') log.info(labels, 'an instance answers again')
    state = next
  }
  const tell = () => {
    for (const each of ['unknown', 'ready', 'answering', 'away'] as const)
      states.set({ ...labels, state: each }, each === state ? 1 : 0)
    states.set({ ...labels, state: 'open' }, breaker.opened ? 1 : 0)
  }
  const ask = async () => {
    enter(await stateOf(url))
    tell()
    if (!stopped) timer = setTimeout(ask, askEveryMs)
  }
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  void ask()

  return {
    url,
    inHand: () => inHand,
    rank: () => ranks[state],
    isUsable: () => state !== 'away' && !breaker.opened && (!breaker.halfOpen || breaker.pendingClose),
    send: async (attempt: Attempt) => {
      inHand++
      attempt.response.once('close', () => inHand--)
      try {
        const answer = await breaker.fire(attempt)
        attempts.inc({ ...labels, outcome: 'answered' })
        return answer
      } catch (error) {
        if (CircuitBreaker.isOurError(error as Error)) throw new NoAnswer('refused', error)
        if (error instanceof NoAnswer) {
          attempts.inc({ ...labels, outcome: error.what })
          // The next look says when it is back.
          if (error.what === 'refused') enter('away')
        }
        throw error
      }
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
      breaker.shutdown()
      agent.destroy()
    },
  }
}

async function stateOf(url: URL): Promise<State> {
  try {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(answerWithinMs) })
    await answer.body?.cancel()
    return answer.ok ? 'ready' : 'answering'
  } catch {
    return 'away'
  }
}
