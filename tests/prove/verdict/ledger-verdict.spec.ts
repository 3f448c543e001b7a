import { describe, expect, test } from '@jest/globals'
import type { Answered, Line, Read } from '../load/ledger.ts'
import type { Fact } from './history.ts'
import { judgeLedger } from './ledger-verdict.ts'
import { type Books, honest, tenantId } from './testing/honest.ts'

const answersOf = ({ lines }: Books, n: number): Answered[] =>
  lines.filter((line): line is Answered => line.line === 'answered' && line.n === n)
const change = (line: Line | undefined, to: object): void => {
  Object.assign(line ?? {}, to)
}
const changeBody = (line: { body: object } | undefined, to: object): void => {
  Object.assign(line?.body ?? {}, to)
}
const okOf = (books: Books, n: number) =>
  answersOf(books, n).findLast(({ outcome }) => outcome === 'ok') as { body: object }
const factOf = ({ facts }: Books, type: string): Fact => facts.find((fact) => fact.type === type) as Fact
const readOf = ({ lines }: Books, of: Read['of']): Read =>
  lines.find((line): line is Read => line.line === 'read' && line.of === of) as Read
const remove = (books: Books, gone: Fact): void => {
  books.facts = books.facts.filter((fact) => fact !== gone)
}

test('a system that keeps its promises is found to keep them', () => {
  const { lines, facts } = honest()
  expect(judgeLedger(lines, facts)).toEqual([])
})

const broken: Record<string, (books: Books) => void> = {
  'an answered command is not recorded': (books) => remove(books, factOf(books, 'BudgetAllocated')),
  'an answered command without an answer at first is not recorded': (books) =>
    remove(books, factOf(books, 'CampaignSubmitted')),
  'a command is recorded twice': (books) => {
    const submitted = factOf(books, 'CampaignSubmitted')
    books.facts.push({ ...submitted, revision: 3, position: 9_000n })
  },
  'a command is recorded with something else in it': (books) =>
    Object.assign(factOf(books, 'CampaignCreated').data, { name: 'Another' }),
  'an event comes from no command': (books) =>
    Object.assign(factOf(books, 'CampaignSubmitted').metadata, { causationId: 'x' }),
  'an event is recorded where it was not possible': (books) =>
    Object.assign(factOf(books, 'CampaignSubmitted'), { type: 'CampaignActivated' }),
  'a stream has a gap': (books) => Object.assign(factOf(books, 'BudgetAllocated'), { revision: 4 }),
  'positions go back': (books) => Object.assign(factOf(books, 'BudgetAllocated'), { position: 1n }),
  'an answer names another revision than the recorded one': (books) =>
    changeBody(okOf(books, 4), { revision: 1, state: 'inReview' }),
  'an answer names another position than the recorded one': (books) =>
    change(answersOf(books, 4)[0], { token: 'events.g1.3.7' }),
  'an answer names another state than there was': (books) => changeBody(okOf(books, 2), { state: 'approved' }),
  'a repetition is answered differently': (books) => changeBody(okOf(books, 2), { revision: 2 }),
  'a repetition of what was done is refused': (books) =>
    change(answersOf(books, 2)[2], {
      outcome: 'refused',
      status: 409,
      body: { type: '/problems/illegal-step', state: 'inReview' },
    }),
  'a command is said to hold already, which it did not': (books) => {
    const line = books.lines.find((each) => each.line === 'command' && each.n === 5) as { body: object }
    changeBody(line, { name: 'Never' })
  },
  'a decision is made on a state that was known to be over': (books) =>
    changeBody(answersOf(books, 3)[0] as { body: object }, { state: 'draft' }),
  'a refusal as stale names an old revision': (books) =>
    changeBody(answersOf(books, 6)[0] as { body: object }, { actual: 0 }),
  'a command for one revision is carried out on another': (books) => {
    change(
      books.lines.find((each) => each.line === 'command' && each.n === 4),
      { ifMatch: 0 },
    )
  },
  'a command is never settled': (books) => {
    const at = books.lines.findIndex((line) => line.line === 'answered' && line.n === 2 && line.outcome === 'ok')
    books.lines = books.lines.filter((line, n) => !(n >= at && line.line === 'answered' && line.n === 2))
  },
  'a command is answered with an internal error': (books) =>
    change(answersOf(books, 2)[0], { status: 500, reason: '/problems/internal' }),
  'a command is refused for a reason that cannot be': (books) =>
    change(answersOf(books, 3)[0], { status: 404, body: { type: '/problems/not-found' } }),
  'a key works for a second command': (books) => change(answersOf(books, 11)[0], { outcome: 'ok', status: 201 }),
  'an answered account is not registered': (books) => remove(books, factOf(books, 'AdAccountRegistered')),
  'an account is registered without a claim': (books) => remove(books, factOf(books, 'ValueClaimed')),
  'an account is registered twice': (books) => {
    const registered = factOf(books, 'AdAccountRegistered')
    books.facts.push({ ...registered, stream: `adAccount-${tenantId}.twin`, position: 9_000n })
  },
  'an account is refused for the sake of one that is not there': (books) =>
    changeBody(answersOf(books, 8)[0] as { body: object }, { holder: 'nobody' }),
  'a row of an answered page is not recorded': (books) => {
    ;(factOf(books, 'MetricsObserved').data.rows as unknown[]).pop()
  },
  'a row of a page is recorded twice': (books) => {
    const rows = factOf(books, 'MetricsObserved').data.rows as unknown[]
    rows.push(rows[0])
  },
  'a page is answered with other counts than recorded': (books) =>
    changeBody(okOf(books, 10), { restated: 0, unchanged: 2 }),
  'a row is restated from what it was not': (books) => {
    const [row] = factOf(books, 'MetricsRestated').data.rows as { before: object }[]
    Object.assign(row?.before ?? {}, { clicks: 99 })
  },
  'a campaign is read by its token as it was before': (books) => {
    change(readOf(books, 'campaign'), {
      n: 2,
      token: answersOf(books, 2)[1] && (answersOf(books, 2)[1] as { token: string }).token,
    })
  },
  'a campaign is read as it never was': (books) => changeBody(readOf(books, 'campaign'), { name: 'Another' }),
  'a campaign is not found by its token': (books) => change(readOf(books, 'campaign'), { status: 404 }),
  'figures are read by their token without the last page': (books) =>
    changeBody(
      (readOf(books, 'figures').body.rows as { body: object }[])[0] && {
        body: (readOf(books, 'figures').body.rows as object[])[0] as object,
      },
      { impressions: 1_000 },
    ),
}

describe('it is found when', () => {
  test.each(Object.entries(broken))('%s', (_, breakIt) => {
    const books = honest()
    breakIt(books)
    expect(judgeLedger(books.lines, books.facts)).not.toEqual([])
  })
})
