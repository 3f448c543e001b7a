/** Judges the registrations of ad accounts: one account, one claim, and none beside it for the same of a platform. */
import type { Fact } from './history.ts'
import { isOk, isRefused, type Ok, positionOf, problemOf, type Refused, type Story, type Tale } from './story.ts'

/** @returns what is wrong, a sentence each */
export const judgeRegistration = (story: Story, tale: Tale): string[] => {
  const { told, facts } = story
  const fact = facts.find(({ type }) => type === 'AdAccountRegistered')
  const last = told.at(-1)
  return [
    ...judgeFacts(story, fact),
    ...told.filter(isOk).flatMap(({ answer }) => judgeOk(story, answer, fact)),
    ...told.filter(isRefused).flatMap(({ answer }) => judgeRefusal(story, answer, fact, tale)),
    ...(facts.length > 0 && last !== undefined && isRefused(last) ? ['was refused, but is recorded'] : []),
  ]
}

const judgeFacts = ({ command, facts }: Story, fact: Fact | undefined): string[] => {
  const claims = facts.filter(({ type }) => type === 'ValueClaimed')
  if (fact === undefined) return facts.length === 0 ? [] : ['left a claim, but no account']
  const { adAccountId, ...data } = fact.data
  const wrong: string[] = []
  if (facts.length !== 2 || claims.length !== 1)
    wrong.push(`left ${facts.length} events, ${claims.length} of them claims`)
  if (!isSame(data, command.body)) wrong.push(`is recorded as ${JSON.stringify(fact.data)}`)
  if (claims[0]?.data.holder !== adAccountId) wrong.push('is recorded without its claim')
  return wrong
}

const judgeOk = ({ command }: Story, { body, status, token }: Ok, fact: Fact | undefined): string[] => {
  if (fact === undefined) return [`was answered as account ${body.id}, which is not recorded: it is lost`]
  const stream = `adAccount-${command.tenantId}.${body.id}`
  if (fact.stream !== stream) return [`was answered as ${stream}, but is ${fact.stream}`]
  const isRight = positionOf(token) === Number(fact.position) && status === 201 && body.revision === 0
  return isRight ? [] : [`was answered with ${status} ${token} ${JSON.stringify(body)}`]
}

const judgeRefusal = ({ command }: Story, answer: Refused, fact: Fact | undefined, { streams }: Tale): string[] => {
  const { status, body } = answer
  if (problemOf(answer) !== 'value-taken') return [`was refused with ${status} ${body.type}: ${body.detail}`]
  const [holder] = streams.get(`adAccount-${command.tenantId}.${body.holder}`) ?? []
  const isRight = holder !== undefined && holder !== fact && holder.data.externalId === command.body.externalId
  return isRight ? [] : [`was refused for the sake of ${body.holder}, which does not have that value`]
}

/** Accounts of a platform that are registered more than once in a tenant. */
export const twins = ({ streams }: Tale): string[] => {
  const registered = [...streams.values()].flat().filter(({ type }) => type === 'AdAccountRegistered')
  const holders = Map.groupBy(registered, ({ tenantId, data }) => `${data.platform} ${data.externalId} of ${tenantId}`)
  return [...holders].filter(([, facts]) => facts.length > 1).map(([value, { length }]) => `${value}: ${length} times`)
}

const isSame = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean =>
  Object.keys({ ...one, ...other }).every((name) => one[name] === other[name])
