import { type Decider, fold } from '@bizosaas/event-store'
import type { DomainEvent } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { eventsOf, live, storedAndRead } from './history.ts'

/** What holds for every decider, whatever commands come in whatever order. */
export function testDeciderLaws<Command, Event extends DomainEvent, State>(
  decider: Decider<Command, Event, State>,
  commands: fc.Arbitrary<Command>,
): void {
  const histories = fc.array(commands, { maxLength: 40 })

  test('a repeated command appends nothing', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { command, decision, after } of live(decider, history)) {
          if (eventsOf(decision).length > 0) expect(decider.decide(command, after)).toEqual([])
        }
      }),
    )
  })

  test('a history read back from the store leads to the state in which it was decided', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const lived = live(decider, history)
        const events = lived.flatMap(({ decision }) => eventsOf(decision)).map(storedAndRead)
        expect(fold(decider, events)).toEqual(lived.at(-1)?.after ?? decider.initial)
      }),
    )
  })

  test('a history never refuses itself: the same commands are decided the same on it, event by event', () => {
    fc.assert(
      fc.property(histories, (history) => {
        let state = decider.initial
        for (const { command, decision } of live(decider, history)) {
          expect(decider.decide(command, state)).toEqual(decision)
          state = fold(decider, eventsOf(decision).map(storedAndRead), state)
        }
      }),
    )
  })

  test('a refusal has a stable code and a sentence', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { decision } of live(decider, history)) {
          if (!('refusal' in decision)) continue
          expect(decision.refusal).toMatch(/^[a-z]+(-[a-z]+)*$/)
          expect(decision.detail).toMatch(/^[A-Z].*\.$/)
        }
      }),
    )
  })
}
