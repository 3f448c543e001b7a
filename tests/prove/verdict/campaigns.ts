/** Judges every command on a campaign: what was answered against what its stream holds. */
import { type Campaign, campaignsOf, holds, isPossible, saysSo } from './campaign-history.ts'
import type { Fact } from './history.ts'
import {
  isOk,
  isRefused,
  type Ok,
  positionOf,
  problemOf,
  type Refused,
  type Story,
  type Tale,
  type Told,
} from './story.ts'

type History = {
  readonly facts: readonly Fact[]
  /** After each revision. */
  readonly campaigns: readonly Campaign[]
  /** Revisions that were answered, with the place in the ledger where they were. */
  readonly acknowledged: { readonly at: number; readonly revision: number }[]
}

export type CampaignHistories = ReadonlyMap<string, History>

export const isOfCampaign = ({ command }: Story): boolean => !['register', 'observe'].includes(command.does)

/** By `tenant/campaign`. */
export const campaignHistories = (tale: Tale): CampaignHistories => {
  const histories = new Map<string, History>()
  for (const [stream, facts] of tale.streams) {
    if (!stream.startsWith('campaign-')) continue
    const key = stream.slice('campaign-'.length).replace('.', '/')
    histories.set(key, { facts, campaigns: campaignsOf(facts), acknowledged: [] })
  }
  for (const { command, told } of tale.stories.filter(isOfCampaign)) {
    for (const { answer, toldAt: at } of told.filter(isOk)) {
      const history = histories.get(`${command.tenantId}/${answer.body.id}`)
      history?.acknowledged.push({ at, revision: Number(answer.body.revision) })
    }
  }
  for (const { acknowledged } of histories.values()) acknowledged.sort((one, other) => one.at - other.at)
  return histories
}

/** @returns what is wrong, a sentence each */
export const judgeCampaignCommand = (story: Story, histories: CampaignHistories): string[] => {
  const { command, told, facts } = story
  const ids = new Set(told.filter(isOk).map(({ answer }) => String(answer.body.id)))
  const id = command.target ?? [...ids][0] ?? facts[0]?.stream.split('.')[1]
  const history = histories.get(`${command.tenantId}/${id}`)
  if (history === undefined) return isAnyOk(told) ? ['was answered as done, but there is no such campaign'] : []
  const [fact] = facts
  const wrong: string[] = []
  if (ids.size > 1) wrong.push(`was answered with several ids: ${[...ids].join(', ')}`)
  if (facts.length > 1) wrong.push(`was recorded ${facts.length} times`)
  if (fact !== undefined) wrong.push(...judgeFact(story, fact, history))
  for (const each of told) {
    if (isOk(each)) wrong.push(...judgeOk(story, each, fact, history))
    if (isRefused(each)) wrong.push(...judgeRefusal(story, each, history))
  }
  const last = told.at(-1)
  if (fact !== undefined && last !== undefined && isRefused(last)) wrong.push('was refused, but is recorded')
  return wrong
}

const isAnyOk = (told: readonly Told[]) => told.some(isOk)

const judgeFact = ({ command }: Story, fact: Fact, { facts, campaigns }: History): string[] => {
  if (facts[fact.revision] !== fact) return ['is recorded in another stream than that of its campaign']
  const before = campaigns[fact.revision - 1]
  const wrong: string[] = []
  if (!saysSo(command, fact, before)) wrong.push(`is recorded as ${fact.type} ${JSON.stringify(fact.data)}`)
  if (!isPossible(command, before)) wrong.push(`is recorded where it was not possible, in state ${before?.state}`)
  if (command.ifMatch !== null && command.ifMatch !== fact.revision - 1)
    wrong.push(`is recorded after revision ${fact.revision - 1}, but was meant for ${command.ifMatch}`)
  return wrong
}

const judgeOk = (story: Story, told: Told<Ok>, fact: Fact | undefined, history: History): string[] => {
  const { command } = story
  const { body, etag, status } = told.answer
  const revision = Number(body.revision)
  const is = history.campaigns[revision]
  const at = history.facts[revision]
  if (is === undefined || at === undefined) return [`was answered with revision ${revision}, which is not there`]
  const wrong: string[] = []
  if (status !== (command.does === 'create' ? 201 : 200)) wrong.push(`was answered with ${status}`)
  if (body.state !== is.state) wrong.push(`was answered with state ${body.state}, but it was ${is.state}`)
  if (etag !== `"${revision}"`) wrong.push(`was answered with revision ${revision} and ETag ${etag}`)
  const position = positionOf(told.answer.token)
  if (position !== Number(at.position)) wrong.push(`was answered with position ${position}, it is ${at.position}`)
  if (fact !== undefined && fact.revision === revision) return wrong

  // It says that what was asked for held already. That leaves no trace; so if the command was recorded, then only later.
  if (fact !== undefined && fact.revision < revision)
    wrong.push(`was recorded as revision ${fact.revision}, but answered with ${revision}`)
  if (!holds(command, is)) wrong.push(`was answered as done, but is not recorded, nor did it hold: it is lost`)
  if (revision < seenBefore(history, told.sentAt)) wrong.push(`was decided on revision ${revision}, which was old`)
  return wrong
}

const judgeRefusal = ({ command }: Story, told: Told<Refused>, history: History): string[] => {
  const code = problemOf(told.answer)
  const { body } = told.answer
  const from = seenBefore(history, told.sentAt)
  /** It must have been so at some time that was not yet over when the command was sent. */
  const since = (is: (campaign: Campaign) => boolean): string[] =>
    history.campaigns.slice(Math.max(0, from)).some(is) ? [] : [`was refused as ${code}, which was not so any more`]
  switch (code) {
    case 'illegal-step':
      return since((campaign) => campaign.state === body.state && !isPossible(command, campaign))
    case 'other-currency':
      return since(({ budget }) => budget?.currency === body.currency && body.currency !== command.body.currency)
    case 'stale': {
      const actual = Number(body.actual)
      const isRight = command.ifMatch !== null && actual !== command.ifMatch && actual < history.facts.length
      return isRight && actual >= from ? [] : [`was refused as stale at revision ${actual}`]
    }
    default:
      return [`was refused with ${told.answer.status} ${code}: ${body.detail}`]
  }
}

/** The greatest revision that had been answered before a command was sent: no decision may be made on less. */
const seenBefore = ({ acknowledged }: History, sentAt: number): number =>
  acknowledged.reduce((most, { at, revision }) => (at < sentAt && revision > most ? revision : most), -1)
