/**
 * Clients that send commands as long as they are let, several at once: they repeat what was not answered with the same
 * Idempotency-Key, repeat some that was answered, send some keys with another body, and read some of their own writes.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../random.ts'
import type { Client } from './client.ts'
import { drawCommand } from './draw.ts'
import type { Answered, Command, Ledger } from './ledger.ts'
import { newWorld } from './world.ts'

export type Load = {
  /** How many commands were sent so far. */
  readonly sent: () => number
  /** Positions of the latest events that were answered for, by token. */
  readonly latestPosition: () => number
  /** Resolves when all commands are sent and no client waits for an answer. Rejects when a client fails. */
  readonly done: Promise<void>
  /**
   * Sends every command again of which an attempt was not answered, until it is: from here on each is settled.
   * @throws when one is still not answered at the deadline
   */
  readonly settle: (withinMs: number) => Promise<number>
}

/** Each of them waits for an answer before it goes on. */
const clients = 16
const tenants = 5
const attemptsAtOnce = 4
/** Among which the clients choose what to send once more. */
const remembered = 400

type Sending = { readonly command: Command; attempts: number; doubtful: boolean }

export const startLoad = (options: {
  readonly client: Client
  readonly ledger: Ledger
  readonly random: Random
  readonly commands: number
  /** How many may have been sent by now. */
  readonly allowed: () => number
}): Load => {
  const { client, ledger, random, commands, allowed } = options
  const world = newWorld(tenants)
  const doubtful = new Set<Sending>()
  const certain: Sending[] = []
  let sent = 0
  let latest = 0

  const attempt = async (sending: Sending): Promise<Answered> => {
    sending.attempts += 1
    const answered = await client.send(sending.command, sending.attempts)
    if (answered.outcome === 'unknown') {
      sending.doubtful = true
      doubtful.add(sending)
    }
    return answered
  }

  /** Tries a few times, as a client does that somebody waits for. */
  const carryOut = async (command: Command): Promise<void> => {
    await ledger.write(command)
    const sending: Sending = { command, attempts: 0, doubtful: false }
    for (let tries = 1; tries <= attemptsAtOnce; tries++) {
      const answered = await attempt(sending)
      if (answered.outcome === 'unknown') {
        await pause(random.whole(50, 150 * 2 ** tries))
        continue
      }
      world.learn(command, answered)
      if (answered.outcome !== 'ok') return
      latest = Math.max(latest, positionOf(answered.token))
      if (!sending.doubtful && saysTheSameAgain(answered)) remember(sending)
      await readBack(command, answered)
      return
    }
  }
  const remember = (sending: Sending): void => {
    certain.push(sending)
    if (certain.length > remembered) certain.shift()
  }

  /** One reads one's own write, or is told to come again. */
  const readBack = async ({ n, does, tenantId, target, body }: Command, answered: Answered): Promise<void> => {
    if (answered.outcome !== 'ok' || answered.token === null) return
    const asked = { n, token: answered.token, tenantId }
    if (does === 'observe') {
      if (!random.chance(0.15)) return
      const { date } = random.pick(body.rows as { date: string }[])
      const path = `/v1/metrics?groupBy=campaign,day&from=${date}&to=${date}`
      await client.ask({ ...asked, of: 'figures', path })
    } else if (does !== 'register' && random.chance(0.15)) {
      await client.ask({ ...asked, of: 'campaign', path: `/v1/campaigns/${target ?? answered.body.id}` })
    }
  }

  /** The command once more, or its key with something else: neither may do anything. */
  const repeat = async (sending: Sending): Promise<void> => {
    const { command } = sending
    if (!random.chance(0.2) || !['create', 'register'].includes(command.does)) {
      await attempt(sending)
      return
    }
    const body = { ...command.body, name: `Not ${command.body.name}` }
    await carryOut({ ...command, n: next(), body, ifMatch: null, reusesKeyOf: command.n })
  }

  const next = (): number => {
    sent += 1
    return sent
  }

  const work = async (): Promise<void> => {
    while (sent < commands) {
      if (sent >= allowed()) {
        await pause(20)
        continue
      }
      if (certain.length > 0 && random.chance(0.06)) {
        await repeat(random.pick(certain))
        continue
      }
      const n = next()
      const drawn = drawCommand(random, world.tenants)
      await carryOut({ line: 'command', n, key: `${n}-${random.whole(0, 1e9)}`, reusesKeyOf: null, ...drawn })
    }
  }

  return {
    sent: () => sent,
    latestPosition: () => latest,
    done: Promise.all(Array.from({ length: clients }, work)).then(() => {}),
    settle: async (withinMs) => {
      const deadline = Date.now() + withinMs
      const open = [...doubtful]
      const settled = open.length
      const one = async (): Promise<void> => {
        for (let sending = open.pop(); sending !== undefined; sending = open.pop()) {
          while ((await attempt(sending)).outcome === 'unknown') {
            if (Date.now() > deadline)
              throw new Error(`Not within ${withinMs / 1_000} s: command ${sending.command.n} is answered`)
            await pause(200)
          }
        }
      }
      await Promise.all(Array.from({ length: clients }, one))
      return settled
    },
  }
}

const positionOf = (token: string | null): number => Number(token?.split('.').at(-1) ?? 0)

/** Rows that are as they were leave no trace of the command, so a page with such rows may be answered differently later. */
const saysTheSameAgain = ({ body }: Extract<Answered, { outcome: 'ok' }>): boolean => (body.unchanged ?? 0) === 0
