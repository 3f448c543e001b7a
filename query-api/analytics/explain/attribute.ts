/**
 * From the figures on one side to those on the other, step by step: which event changed them by how much, and why.
 *
 * Of a campaign's day one level counts (see ../metrics-query.ts): a step changes the figures by what they are after it less what they were
 * before it, whichever level that is. So the changes of all steps add up to the whole difference, also where a step brings another level
 * to count: then the change from the one to the other is that step's.
 */
import { type Amounts, isNothing, minus, nothing, plus } from './amounts.ts'

/**
 *   restated    a row that was known on one side was restated by the platform
 *   late        a row was first observed in between
 *   definition  the versions of the read model make different rows of the same event
 *   ownChange   a campaign was linked to another one on the platform
 */
export const causes = ['restated', 'late', 'definition', 'ownChange'] as const
export type Cause = (typeof causes)[number]

/** What is read of a campaign's day at one level, and whose it is. */
export interface Level {
  /** The least that is there counts. */
  readonly rank: number
  readonly clientId: string
  readonly platform: string
  readonly currency: string
}

export interface EventRef {
  readonly eventId: string
  readonly stream: string
  readonly position: number
  readonly recordedAt: string
}

/** Rows that come to a level or go from it: those of the beginning, or with one step. */
export interface Entry {
  readonly level: Level
  /** How many more rows; negative for fewer. */
  readonly rows: number
  readonly amounts: Amounts
  /** Null for what is there in the beginning. */
  readonly step: { readonly event: EventRef; readonly cause: Cause } | null
}

/** What a step does to figures. */
export interface Change {
  readonly event: EventRef
  readonly cause: Cause
  readonly level: Level
  readonly amounts: Amounts
}

/** @param entries of one campaign's day, in the order of their positions */
export function changesOf(entries: readonly Entry[]): Change[] {
  const levels = new Map<number, { readonly level: Level; readonly rows: number; readonly amounts: Amounts }>()
  const counting = () => {
    const there = [...levels.values()].filter(({ rows }) => rows > 0)
    return there.reduce<(typeof there)[number] | null>(
      (least, each) => (least === null || each.level.rank < least.level.rank ? each : least),
      null,
    )
  }
  const changes: Change[] = []
  for (const step of stepsOf(entries)) {
    const before = counting()
    for (const { level, rows, amounts } of step) {
      const at = levels.get(level.rank)
      levels.set(level.rank, { level, rows: (at?.rows ?? 0) + rows, amounts: plus(at?.amounts ?? nothing, amounts) })
    }
    const [{ step: told }] = step
    if (told === null) continue
    const after = counting()
    const say = (level: Level, amounts: Amounts) => {
      if (!isNothing(amounts)) changes.push({ ...told, level, amounts })
    }
    if (before !== null && after !== null && before.level.rank === after.level.rank) {
      say(after.level, minus(after.amounts, before.amounts))
    } else {
      if (before !== null) say(before.level, minus(nothing, before.amounts))
      if (after !== null) say(after.level, after.amounts)
    }
  }
  return changes
}

type Step = readonly [Entry, ...Entry[]]

/** Entries of the beginning together, and of each event those of one cause together: restated rows before those that are new. */
function stepsOf(entries: readonly Entry[]): Step[] {
  const steps = new Map<string, [Entry, ...Entry[]]>()
  for (const entry of entries) {
    const name = entry.step === null ? '' : `${entry.step.event.eventId} ${entry.step.cause}`
    const step = steps.get(name)
    if (step) step.push(entry)
    else steps.set(name, [entry])
  }
  const place = ([{ step }]: Step): [number, number] =>
    step === null ? [-1, 0] : [step.event.position, causes.indexOf(step.cause)]
  return [...steps.values()].sort((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1])
}
