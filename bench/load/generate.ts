/**
 * Open-loop load: each command is sent at its time, whether those before it were answered or not, and its latency counts
 * from that time. So a service that stalls is charged for everything that came meanwhile.
 *
 * Some commands are followed: a question with the command's consistency token, which the query API answers as soon as the
 * read model shows the command. Pages of figures are followed all (ClickHouse), other commands one in 20 (Postgres).
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { serveTasks } from '../lib/worker.ts'
import { type Answer, send } from './client.ts'
import { asked, type Command, questionOf, type Tenant } from './commands.ts'

export type Load = {
  readonly campaigns: string
  readonly integrations: string
  readonly query: string
  readonly tenants: readonly Tenant[]
  readonly rate: number
  /** Questions a second, besides those that follow a command. */
  readonly questions: number
  readonly seconds: number
}

/** Milliseconds; `at` is when it was to be sent, since the first one. */
export type Sent = {
  readonly at: number
  readonly ms: number
  readonly status: number
  readonly isCampaign: boolean
}
/** `ms` is null for what did not become visible before the time was over. */
export type Seen = { readonly at: number; readonly ms: number | null; readonly store: 'postgres' | 'clickhouse' }

/** A question that follows no command. */
export type Asked = { readonly ms: number; readonly status: number }

export type Taken = {
  readonly sent: readonly Sent[]
  readonly asked: readonly Asked[]
  readonly seen: readonly Seen[]
  /** Questions that would have been one too many under way, and were not asked. */
  readonly notFollowed: number
  /** How late the generator itself sent, per command. */
  readonly late: readonly number[]
}

const answerWithinMs = 10_000
const visibleWithinMs = 120_000
const askAgainMs = 100
const mostFollowed = 100

serveTasks<Load, Taken>(async (load) => {
  const sent: Sent[] = []
  const questions: Asked[] = []
  const seen: Seen[] = []
  const late: number[] = []
  let followed = 0
  let notFollowed = 0
  const run = randomUUID().slice(0, 8)
  const start = performance.now()
  const now = () => performance.now() - start

  const follow = async ({ question, isShown, bearer, store }: Command, at: number, accepted: Answer): Promise<void> => {
    const headers = { authorization: bearer, 'x-consistency-token': accepted.token }
    const end = now() + visibleWithinMs
    for (;;) {
      const { status, body } = await send(`${load.query}${question}`, {
        method: 'GET',
        headers,
        limitMs: answerWithinMs,
      })
      if (status === 200) {
        if (!isShown(body, accepted.body))
          throw new Error(`${question} was answered without what the token stands for: ${body}`)
        seen.push({ at, ms: now() - at, store })
        return
      }
      if (now() > end) {
        seen.push({ at, ms: null, store })
        return
      }
      await pause(askAgainMs)
    }
  }

  const carryOut = async (n: number, at: number): Promise<void> => {
    late.push(now() - at)
    const command = asked(load.tenants, n, run)
    const { path, body, bearer } = command
    const url = `${command.store === 'clickhouse' ? load.integrations : load.campaigns}${path}`
    const headers = { authorization: bearer, 'content-type': 'application/json', 'idempotency-key': `${n}-${run}` }
    const answer = await send(url, { method: 'POST', headers, body, limitMs: answerWithinMs })
    sent.push({ at, ms: now() - at, status: answer.status, isCampaign: command.store === 'postgres' })
    if (!command.isFollowed || answer.token === '') return
    if (followed >= mostFollowed) {
      notFollowed++
      return
    }
    followed++
    await follow(command, at, answer)
    followed--
  }

  const ask = async (n: number, at: number): Promise<void> => {
    const { path, bearer } = questionOf(load.tenants, n)
    const headers = { authorization: bearer }
    const { status } = await send(`${load.query}${path}`, { method: 'GET', headers, limitMs: answerWithinMs })
    questions.push({ ms: now() - at, status })
  }

  /** Begins each at its time, and resolves when all are over. */
  const atRate = async (rate: number, begin: (n: number, at: number) => Promise<void>): Promise<void> => {
    const underWay: Promise<void>[] = []
    for (let n = 0; n < rate * load.seconds; ) {
      for (; n < rate * load.seconds && (n * 1_000) / rate <= now(); n++) underWay.push(begin(n, (n * 1_000) / rate))
      await pause(1)
    }
    await Promise.all(underWay)
  }
  await Promise.all([atRate(load.rate, carryOut), atRate(load.questions, ask)])
  return { sent, asked: questions, seen, notFollowed, late }
})
