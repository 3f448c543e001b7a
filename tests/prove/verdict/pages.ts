/** Judges the pages of figures: each row that was answered for is recorded once, or was known already. */
import type { Command } from '../load/ledger.ts'
import { readingOf, readingsIn, rowsIn } from './days.ts'
import type { Fact } from './history.ts'
import { isOk, isRefused, positionOf, problemOf, type Story, type Tale } from './story.ts'

type Counts = { readonly observed: number; readonly restated: number }

/** @returns what is wrong, a sentence each */
export const judgePage = ({ command, told, facts }: Story, tale: Tale): string[] => {
  const claims = facts.filter(({ type }) => type === 'ValueClaimed')
  const readings = facts.filter(({ type }) => type !== 'ValueClaimed')
  const answers = told.filter(isOk)
  const wrong = [...judgeRows(command, readings, tale, answers.length > 0)]
  if (claims.length > 1) wrong.push(`claimed its key ${claims.length} times`)
  if (answers.length > 0 && claims.length === 0) wrong.push('was answered, but its key is not claimed')
  for (const { answer } of told.filter(isRefused))
    wrong.push(`was refused with ${answer.status} ${problemOf(answer)}: ${answer.body.detail}`)

  const sums = countsOf(readings)
  const size = (command.body.rows as unknown[]).length
  for (const { answer, afterUnknown, ...each } of answers) {
    const { observed, restated, unchanged } = answer.body
    // While an attempt without an answer is under way, an answer may be given for half of what is recorded in the end.
    const isFinal = !afterUnknown || each.toldAt === answers.at(-1)?.toldAt
    const isRight = observed === sums.observed && restated === sums.restated
    if (isFinal && !isRight)
      wrong.push(`was answered with ${JSON.stringify(answer.body)}, but recorded are ${JSON.stringify(sums)}`)
    if (Number(observed) + Number(restated) + Number(unchanged) !== size)
      wrong.push(`had ${size} rows, but was answered with ${JSON.stringify(answer.body)}`)
    const last = isFinal ? Math.max(-1, ...readings.map(({ position }) => Number(position))) : -1
    if (positionOf(answer.token) < last) wrong.push(`was answered with ${answer.token}, but reaches to ${last}`)
  }
  return wrong
}

/** Nothing is recorded that was not sent, or twice; and what was answered is known. */
const judgeRows = (
  { body, tenantId, target }: Command,
  facts: readonly Fact[],
  tale: Tale,
  isDone: boolean,
): string[] => {
  const wrong: string[] = []
  const sent = (body.rows as Readonly<Record<string, unknown>>[]).map(readingOf)
  const open = new Set(sent.map(({ date, row, figures }) => `${date} ${row} ${figures}`))
  for (const fact of facts) {
    for (const { row, figures } of readingsIn(fact)) {
      const isSent = open.delete(`${fact.data.date} ${row} ${figures}`)
      if (!isSent) wrong.push(`recorded ${row} as ${figures} in ${fact.stream}, once more or without it being sent`)
    }
  }
  if (!isDone || open.size === 0) return wrong
  for (const { date, row, figures } of sent.filter((each) => open.has(`${each.date} ${each.row} ${each.figures}`))) {
    const day = tale.streams.get(`adAccountDay-${tenantId}.${target}:${date}`) ?? []
    const isKnown = day.flatMap(readingsIn).some((known) => known.row === row && known.figures === figures)
    if (!isKnown) wrong.push(`was answered, but nothing says of ${date} ${row} that it was ${figures}: it is lost`)
  }
  return wrong
}

const countsOf = (facts: readonly Fact[]): Counts => {
  const rows = (type: string) =>
    facts.filter((fact) => fact.type === type).reduce((sum, fact) => sum + rowsIn(fact).length, 0)
  return { observed: rows('MetricsObserved'), restated: rows('MetricsRestated') }
}
