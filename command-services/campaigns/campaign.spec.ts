import { AdAccountId, CalendarDate, CampaignId, ClientId, type Money } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { eventsOf, live } from '../testing/history.ts'
import { type CampaignCommand, type CampaignState, campaign, steps, type Verb } from './campaign.ts'

const campaignId = CampaignId.parse('019ab000-0000-4000-8000-000000000001')
const clientId = ClientId.parse('019ab000-0000-4000-8000-00000000000c')
const adAccountId = AdAccountId.parse('019ab000-0000-4000-8000-00000000000a')
const startsOn = CalendarDate.parse('2026-02-01')
const endsOn = CalendarDate.parse('2026-02-28')
const usd = (amountMicros: number): Money => ({ amountMicros, currency: 'USD' })

const create = { type: 'create', campaignId, clientId, name: 'Spring', objective: null } as const
const step: { readonly [V in Verb]: Extract<CampaignCommand, { type: V }> } = {
  submit: { type: 'submit', campaignId },
  approve: { type: 'approve', campaignId, comment: null },
  reject: { type: 'reject', campaignId, reason: 'too dear' },
  schedule: { type: 'schedule', campaignId, startsOn, endsOn },
  activate: { type: 'activate', campaignId },
  pause: { type: 'pause', campaignId, reason: null },
  resume: { type: 'resume', campaignId },
  complete: { type: 'complete', campaignId },
  archive: { type: 'archive', campaignId },
  cancel: { type: 'cancel', campaignId, reason: null },
}
const rename = (name: string) => ({ type: 'rename', campaignId, name }) as const
const link = (platformCampaignId: string) => ({ type: 'link', campaignId, adAccountId, platformCampaignId }) as const
const budget = (money: Money) => ({ type: 'reviseBudget', campaignId, budget: money }) as const

const toActive = [create, step.submit, step.approve, step.schedule, step.activate]
const waysTo: { readonly [S in CampaignState]: readonly CampaignCommand[] } = {
  draft: [create],
  inReview: toActive.slice(0, 2),
  approved: toActive.slice(0, 3),
  scheduled: toActive.slice(0, 4),
  active: toActive,
  paused: [...toActive, step.pause],
  completed: [...toActive, step.complete],
  archived: [...toActive, step.complete, step.archive],
  cancelled: [create, step.cancel],
}
const states = Object.keys(waysTo) as CampaignState[]
const verbs = Object.keys(steps) as Verb[]

const after = (commands: readonly CampaignCommand[]) => live(campaign, commands).at(-1)?.after ?? campaign.initial
const given = (...history: readonly CampaignCommand[]) => ({
  when: (command: CampaignCommand) => campaign.decide(command, after(history)),
})

describe('a step', () => {
  test.each(states.flatMap((state) => verbs.map((verb) => [verb, state] as const)))(
    '%s of a campaign in state %s is taken where the table says so, and refused with state and verb elsewhere',
    (verb, state) => {
      const { from, event, to } = steps[verb]
      const { type: _, ...data } = step[verb]
      const decision = given(...waysTo[state]).when(step[verb])
      if (from.some((each) => each === state)) {
        expect(decision).toEqual([{ type: event, data }])
        expect(after([...waysTo[state], step[verb]]).state).toBe(to)
      } else if (waysTo[state].at(-1) === step[verb]) {
        expect(decision).toEqual([])
      } else {
        expect(decision).toMatchObject({ refusal: 'illegal-step', state, verb })
      }
    },
  )

  test('holds already only if the same verb led there', () => {
    expect(given(...toActive).when(step.activate)).toEqual([])
    expect(given(...toActive, step.pause, step.resume).when(step.activate)).toMatchObject({ refusal: 'illegal-step' })
    expect(given(create, step.submit, step.reject).when(step.reject)).toEqual([])
    expect(given(create).when(step.reject)).toMatchObject({ refusal: 'illegal-step' })
  })

  test('is not possible before the campaign was created', () => {
    expect(given().when(step.submit)).toEqual({ refusal: 'not-found', detail: `There is no campaign ${campaignId}.` })
  })
})

describe('creating', () => {
  test('makes a draft', () => {
    const { type: _, ...data } = create
    expect(given().when(create)).toEqual([{ type: 'CampaignCreated', data }])
    expect(after([create])).toMatchObject({ state: 'draft', clientId, name: 'Spring', budget: null })
    expect(campaign.clientOf(after([create]))).toBe(clientId)
  })

  test('twice is the same as once', () => {
    expect(given(create, step.submit).when(create)).toEqual([])
  })
})

describe('the schedule', () => {
  const approved = toActive.slice(0, 3)
  const over = (from: CalendarDate, to: CalendarDate | null) =>
    ({ type: 'schedule', campaignId, startsOn: from, endsOn: to }) as const

  test('may be of one day, or without an end', () => {
    expect(eventsOf(given(...approved).when(over(startsOn, startsOn)))).toHaveLength(1)
    expect(eventsOf(given(...approved).when(over(startsOn, null)))).toHaveLength(1)
  })

  test('cannot end before it starts', () => {
    const detail = 'It would end on 2026-02-01, before it starts on 2026-02-28.'
    expect(given(...approved).when(over(endsOn, startsOn))).toEqual({ refusal: 'invalid', detail })
  })

  test.each([
    ['another start', over(endsOn, endsOn)],
    ['another end', over(startsOn, null)],
  ])('stays when it is set again: %s is refused', (_, other) => {
    expect(given(...approved, step.schedule).when(other)).toMatchObject({ refusal: 'illegal-step', state: 'scheduled' })
  })
})

describe('name, link and budget', () => {
  const edits: [verb: string, command: CampaignCommand, event: string][] = [
    ['rename', rename('Summer'), 'CampaignRenamed'],
    ['link', link('916'), 'CampaignLinked'],
    ['reviseBudget', budget(usd(1)), 'BudgetAllocated'],
  ]

  test.each(edits)('%s is possible until the campaign is archived or cancelled', (verb, command, type) => {
    for (const state of states) {
      const decision = given(...waysTo[state]).when(command)
      if (state === 'archived' || state === 'cancelled') {
        expect(decision).toMatchObject({ refusal: 'illegal-step', state, verb })
      } else {
        expect(decision).toMatchObject([{ type }])
      }
    }
  })

  test.each(edits)('%s to what it is already appends nothing', (_, command) => {
    expect(given(create, command, step.cancel).when(command)).toEqual([])
  })

  test('a link to another campaign of the platform takes the place of the first', () => {
    expect(after([create, link('916'), link('936')]).link).toMatchObject({ platformCampaignId: '936' })
  })

  test('the first budget is allocated, the next ones revise it and say what it was', () => {
    expect(given(create).when(budget(usd(5)))).toEqual([
      { type: 'BudgetAllocated', data: { campaignId, budget: usd(5) } },
    ])
    expect(given(create, budget(usd(5))).when(budget(usd(7)))).toEqual([
      { type: 'BudgetRevised', data: { campaignId, budget: usd(7), previous: usd(5) } },
    ])
    expect(after([create, budget(usd(5)), budget(usd(7))]).budget).toEqual(usd(7))
  })

  test('a budget keeps its currency', () => {
    const decision = given(create, budget(usd(5))).when(budget({ amountMicros: 5, currency: 'EUR' }))
    expect(decision).toMatchObject({ refusal: 'other-currency', currency: 'USD' })
  })

  test.each([0, -1])('a budget of %d is refused', (amount) => {
    expect(given(create).when(budget(usd(amount)))).toEqual({
      refusal: 'invalid',
      detail: 'A budget is more than zero.',
    })
  })
})

describe('whatever commands come', () => {
  const dates = fc.constantFrom('2026-02-01', '2026-02-02', '2026-02-03').map(CalendarDate.parse)
  const texts = fc.constantFrom('a', 'b')
  const commands: fc.Arbitrary<CampaignCommand> = fc.oneof(
    { arbitrary: fc.constantFrom(...Object.values(step)), weight: 6 },
    fc.constant(create),
    texts.map(rename),
    texts.map(link),
    fc.record({
      type: fc.constant('schedule'),
      campaignId: fc.constant(campaignId),
      startsOn: dates,
      endsOn: fc.option(dates),
    }),
    fc.record({ amountMicros: fc.integer({ min: -1, max: 2 }), currency: fc.constantFrom('USD', 'EUR') }).map(budget),
  )
  testDeciderLaws(campaign, commands)

  test('no state outside the table is reached, and none but by its steps', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (history) => {
        for (const { command, before, decision, after } of live(campaign, [create, ...history])) {
          expect(states).toContain(after.state)
          if (before.state === after.state || command.type === 'create') continue
          const taken = steps[command.type as Verb]
          expect(decision).toMatchObject([{ type: taken.event }])
          expect(taken.from).toContain(before.state)
          expect(after.state).toBe(taken.to)
        }
      }),
    )
  })
})
