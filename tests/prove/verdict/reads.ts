/** Judges what was read by token: it shows at least what the token stands for, or says that it does not yet. */
import type { Read } from '../load/ledger.ts'
import type { CampaignHistories } from './campaigns.ts'
import { readingsIn } from './days.ts'
import type { Fact } from './history.ts'
import { isOk, positionOf, type Story, type Tale } from './story.ts'

/** @returns what is wrong, a sentence each */
export const judgeRead = (read: Read, tale: Tale, histories: CampaignHistories): string[] => {
  if (read.status === 503) return []
  const story = tale.byNumber.get(read.n)
  if (story === undefined) return ['asks for a command that was not sent']
  if (read.status !== 200) return [`by its token ${read.token} is answered with ${read.status} ${read.body.detail}`]
  return read.of === 'campaign' ? judgeCampaign(read, story, histories) : judgeFigures(read, story, tale)
}

const judgeCampaign = ({ body, token }: Read, { command, told }: Story, histories: CampaignHistories): string[] => {
  const history = histories.get(`${command.tenantId}/${body.id}`)
  const answer = told.filter(isOk).find((each) => each.answer.token === token)?.answer
  const revision = Number(body.revision)
  const is = history?.campaigns[revision]
  if (is === undefined) return [`is read at revision ${revision}, which is not there`]
  const wrong: string[] = []
  if (revision < Number(answer?.body.revision))
    wrong.push(`of revision ${answer?.body.revision} is read at ${revision}`)
  if (body.state !== is.state || body.name !== is.name)
    wrong.push(`is read at revision ${revision} as ${body.state} "${body.name}", but was ${is.state} "${is.name}"`)
  return wrong
}

type FiguresRow = { readonly adAccountId?: string; readonly platformCampaignId?: string; readonly impressions: number }

/** The day's impressions by campaign must be what they were after the token's event, or after a later one. */
const judgeFigures = ({ body, token, path }: Read, { command }: Story, tale: Tale): string[] => {
  const date = new URL(path, 'http://x').searchParams.get('from')
  const day = tale.streams.get(`adAccountDay-${command.tenantId}.${command.target}:${date}`) ?? []
  const seen = new Map(
    (body.rows as FiguresRow[])
      .filter(({ adAccountId }) => adAccountId === command.target)
      .map((row) => [`${row.platformCampaignId}`, row.impressions]),
  )
  const position = positionOf(token)
  const isSeen = sumsAfterEach(day).some(({ sums, until }) => until > position && isSame(sums, seen))
  return isSeen ? [] : [`by its token shows of ${date}: ${JSON.stringify([...seen])}, which never was so after it`]
}

/** The sums after each event, and the position of the event that changed them again. */
const sumsAfterEach = (day: readonly Fact[]): { sums: ReadonlyMap<string, number>; until: number }[] => {
  const rows = new Map<string, number>()
  return day.map((fact, n) => {
    for (const { row, impressions } of readingsIn(fact)) rows.set(row, impressions)
    const sums = new Map<string, number>()
    for (const [row, impressions] of rows) {
      const campaign = row.split(' ')[0] ?? ''
      sums.set(campaign, (sums.get(campaign) ?? 0) + impressions)
    }
    return { sums, until: Number(day[n + 1]?.position ?? Number.POSITIVE_INFINITY) }
  })
}

const isSame = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean =>
  one.size === other.size && [...one].every(([key, value]) => other.get(key) === value)
