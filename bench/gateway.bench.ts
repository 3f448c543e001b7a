/**
 * What the gateway costs: requests through it, beside http-proxy-3 alone and beside the same requests sent to the service
 * directly, in one run; and how many people sign in and refresh their tokens through it. Services, proxy, gateway and clients
 * are a process each.
 */
import { randomUUID } from 'node:crypto'
import type { Load, Taken } from './commands/load.ts'
import { newAgency } from './gateway/agency.ts'
import type { GatewayTask } from './gateway/gateway.ts'
import type { SignedIn, SignIns } from './gateway/sign-ins.ts'
import type { UsersNow } from './gateway/users.ts'
import { openParts } from './lib/parts.ts'
import { atLeast, atMost, type Comparison, publish } from './lib/report.ts'
import { type Candidate, takeTurns } from './lib/rounds.ts'
import { newToken } from './lib/token.ts'
import { startWorker } from './lib/worker.ts'

const seconds = 3
const numbers = [1, 32] as const
const browsers = 8
const units = { rate: 'requests/s', p50: 'ms', p99: 'ms', added: 'ms at p50' }
const signInUnits = { rate: '1/s', perCore: '1/s of a core', p50: 'ms', p99: 'ms' }
const body = JSON.stringify({ clientId: randomUUID(), name: 'Spring sale #', objective: 'x'.repeat(500) })

export const bench = async (print: (line: string) => void, rounds: number): Promise<string> => {
  const parts = await openParts(print)
  await parts.start('valkey', 'kurrentdb', 'postgres')
  await parts.migrate()
  const { settings } = parts
  const worker = <Task, Result>(file: string) => startWorker<Task, Result>(new URL(file, import.meta.url), settings)
  const service = await worker<null, string>('./commands/echo.ts').run(null)
  const proxy = await worker<string, string>('./gateway/proxy.ts').run(service)
  const users = worker<null, UsersNow>('./gateway/users.ts')
  const { url: usersUrl } = await users.run(null)
  const issuer = settings.JWT_ISSUER ?? ''
  const gateway = await worker<GatewayTask, string>('./gateway/gateway.ts').run({
    upstreams: { campaigns: service, users: usersUrl },
    redisUrl: settings.REDIS_URL ?? '',
    issuer,
    jwksUrl: settings.JWKS_URL ?? '',
  })
  const load = worker<Load, Taken>('./commands/load.ts')
  const token = newToken(settings)

  const candidates = numbers.flatMap((clients): Candidate[] => {
    const task = { clients, token, body, paths: ['/v1/campaigns'], status: 201, limit: { seconds } }
    let direct = 0
    return Object.entries({ direct: service, 'http-proxy-3': proxy, gateway }).map(([way, url]) => ({
      name: `${way}, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
      units,
      run: async () => {
        const { perSecond, p50, p99 } = await load.run({ ...task, url })
        // Measured just before, so that both met the same machine.
        if (way === 'direct') direct = p50
        return { rate: perSecond, p50, p99, ...(way === 'direct' ? {} : { added: p50 - direct }) }
      },
    }))
  })
  const signIns = worker<SignIns, SignedIn>('./gateway/sign-ins.ts')
  const agency = await newAgency(usersUrl, settings, browsers)
  const signingIn = (['sign-in', 'refresh'] as const).map(
    (what): Candidate => ({
      name: `${what}, ${browsers} browsers`,
      units: signInUnits,
      run: async () => {
        const before = await users.run(null)
        const { done, perSecond, p50, p99 } = await signIns.run({ what, gateway, issuer, ...agency, seconds })
        // The refreshing ones sign in first, each once.
        const { cpuSeconds } = await users.run(null)
        return { rate: perSecond, perCore: done / (cpuSeconds - before.cpuSeconds), p50, p99 }
      },
    }),
  )

  const measured = await takeTurns([...candidates, ...signingIn], rounds, print)
  return publish('gateway', measured, comparisons, [
    `Each client sends its next request when it has the answer; ${seconds} s a run. POST with a body of ${body.length} bytes, which the service (Express 5) sends back with 201.`,
    'The gateway verifies the access token, counts the request for its tenant and its user (in shares that it takes from Valkey), limits its size and time, sets headers, and compresses nothing so short; http-proxy-3 alone only forwards.',
    'added is the median latency less that of the direct call in the same round.',
    `A sign-in is all that a browser sends from the application’s first redirect to its tokens: the page, the password (argon2id), the code with PKCE. A refresh rotates the refresh token; each of the ${browsers} browsers signs in before, which counts against it.`,
    'perCore divides by the processor time of the users service, all threads. Keycloak’s guide to sizing gives 15 password logins and 120 refreshes per second and vCPU: https://www.keycloak.org/high-availability/single-cluster/concepts-memory-and-cpu-sizing',
    'Services, proxy, gateway, stores and clients share the cores, so that rates through a proxy fall by what it takes of them.',
  ])
}

const throughTheGateway = numbers.flatMap((number) => {
  const clients = `${number} ${number === 1 ? 'client' : 'clients'}`
  const beside = (row: string, other: string): Comparison => ({
    row: `gateway, ${clients}/${row}`,
    beside: `${other}, ${clients}/${row}`,
  })
  return [
    beside('rate', 'http-proxy-3'),
    beside('p50', 'http-proxy-3'),
    beside('p99', 'http-proxy-3'),
    { row: `gateway, ${clients}/added`, ...(number === 1 ? { goal: atMost(1) } : {}) },
  ]
})

const comparisons: Comparison[] = [
  ...throughTheGateway,
  { row: `sign-in, ${browsers} browsers/perCore`, goal: atLeast(15) },
  { row: `refresh, ${browsers} browsers/perCore`, goal: atLeast(120) },
]
