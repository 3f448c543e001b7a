/**
 * Whether the clients' ledger and the event store agree: every command that was answered as done is recorded once and as
 * it was answered, every one that was refused left nothing, every one that was not answered is settled as one of both; a
 * repetition is answered as the first time; no decision was made on what was known to be old; one reads one's own writes.
 */
import type { Line } from '../load/ledger.ts'
import { judgeRegistration, twins } from './accounts.ts'
import { type CampaignHistories, campaignHistories, isOfCampaign, judgeCampaignCommand } from './campaigns.ts'
import { contradictions } from './days.ts'
import type { Fact } from './history.ts'
import { judgePage } from './pages.ts'
import { judgeRead } from './reads.ts'
import { problemOf, type Story, type Tale, tell } from './story.ts'

/** @returns what is wrong, a sentence each; nothing when both agree */
export const judgeLedger = (lines: readonly Line[], facts: readonly Fact[]): string[] => {
  const tale = tell(lines, facts)
  const histories = campaignHistories(tale)
  const of = (n: number, wrong: readonly string[]) => wrong.map((what) => `Command ${n} ${what}.`)
  return [
    ...judgeStore(facts, tale),
    ...tale.stories.flatMap((story) => of(story.command.n, judge(story, tale, histories))),
    ...tale.reads.flatMap((read) => of(read.n, judgeRead(read, tale, histories))),
  ]
}

const judge = (story: Story, tale: Tale, histories: CampaignHistories): string[] => {
  const { command, told } = story
  const last = told.at(-1)?.answer
  if (last === undefined) return ['was never sent']
  if (last.outcome === 'unknown') return [`was never settled: ${last.reason}`]
  const faults = told.flatMap(({ answer }) =>
    answer.outcome === 'unknown' && answer.status !== null && answer.status !== 503
      ? [`was answered with ${answer.status} ${answer.reason}, which is nobody's fault but the system's`]
      : [],
  )
  if (command.reusesKeyOf !== null) {
    const isRefused = last.outcome === 'refused' && problemOf(last) === 'key-reused'
    return isRefused ? faults : [...faults, 'has the key of another command, but was not refused for that']
  }
  if (isOfCampaign(story)) return [...faults, ...judgeCampaignCommand(story, histories)]
  return [...faults, ...(command.does === 'register' ? judgeRegistration(story, tale) : judgePage(story, tale))]
}

/** What must hold of the store whatever was sent. */
const judgeStore = (facts: readonly Fact[], tale: Tale): string[] => {
  const wrong = tale.unaccounted.map(
    ({ type, stream, revision }) => `${type} in ${stream} at revision ${revision} comes from no command.`,
  )
  facts.forEach(({ position, stream }, n) => {
    const before = facts[n - 1]
    if (before !== undefined && before.position >= position)
      wrong.push(`${stream} at position ${position} comes after position ${before.position}.`)
  })
  for (const [stream, events] of tale.streams) {
    if (events.some(({ revision }, n) => revision !== n)) wrong.push(`${stream} has a gap in its revisions.`)
    if (stream.startsWith('adAccountDay-')) wrong.push(...contradictions(events))
  }
  return [...wrong, ...twins(tale).map((twin) => `Registered more than once: ${twin}.`)]
}
