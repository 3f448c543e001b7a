/** The ledger's lines and the store's events, put together: each command with its answers and with what it recorded. */
import { commandIdOf } from '@bizosaas/event-store'
import { subject } from '../load/client.ts'
import type { Answered, Command, Line, Read } from '../load/ledger.ts'
import type { Fact } from './history.ts'

export type Ok = Extract<Answered, { outcome: 'ok' }>
export type Refused = Extract<Answered, { outcome: 'refused' }>

/** An answer, and the places in the ledger where it was asked for and where it was written down. */
export type Told<Answer extends Answered = Answered> = {
  readonly answer: Answer
  readonly sentAt: number
  readonly toldAt: number
  /** Whether an attempt before it was never answered: that one may still be under way. */
  readonly afterUnknown: boolean
}

export type Story = {
  readonly command: Command
  readonly told: readonly Told[]
  /** What it recorded, in the store's order. */
  readonly facts: readonly Fact[]
}

export type Tale = {
  readonly stories: readonly Story[]
  readonly reads: readonly Read[]
  readonly byNumber: ReadonlyMap<number, Story>
  /** The events of each stream, in its order. */
  readonly streams: ReadonlyMap<string, readonly Fact[]>
  /** Events that no command of the ledger accounts for. */
  readonly unaccounted: readonly Fact[]
}

export const tell = (lines: readonly Line[], facts: readonly Fact[]): Tale => {
  const commands = new Map<number, { command: Command; told: Told[] }>()
  const sentAt = new Map<string, number>()
  const reads: Read[] = []
  lines.forEach((line, at) => {
    if (line.line === 'command') commands.set(line.n, { command: line, told: [] })
    if (line.line === 'sent') sentAt.set(`${line.n}/${line.attempt}`, at)
    if (line.line === 'read') reads.push(line)
    if (line.line !== 'answered') return
    const told = commands.get(line.n)?.told
    const afterUnknown = told?.some(({ answer }) => answer.outcome === 'unknown') ?? false
    told?.push({ answer: line, sentAt: sentAt.get(`${line.n}/${line.attempt}`) ?? -1, toldAt: at, afterUnknown })
  })

  const byCause = Map.groupBy(facts, ({ metadata }) => metadata.causationId ?? '')
  const ids = new Set<string>()
  const stories = [...commands.values()].map(({ command, told }): Story => {
    const { tenantId, method, path, key } = command
    const id = commandIdOf(tenantId, subject, `${method} ${path}`, key)
    ids.add(id)
    return { command, told, facts: byCause.get(id) ?? [] }
  })
  return {
    stories,
    reads,
    byNumber: new Map(stories.map((story) => [story.command.n, story])),
    streams: Map.groupBy(facts, ({ stream }) => stream),
    unaccounted: facts.filter(({ metadata }) => !ids.has(metadata.causationId ?? '')),
  }
}

export const isOk = (told: Told): told is Told<Ok> => told.answer.outcome === 'ok'
export const isRefused = (told: Told): told is Told<Refused> => told.answer.outcome === 'refused'

/** The code of a problem. */
export const problemOf = ({ body }: Refused): string => String(body.type).replace('/problems/', '')

/** The position that a consistency token names; -1 for none. */
export const positionOf = (token: string | null): number => Number(token?.split('.').at(-1) ?? -1)
