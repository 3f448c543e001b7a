import { projections } from '@bizosaas/projections/all.ts'
import { Instant } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { haveApplied, haveReached } from './standing.ts'
import { kindsOf } from './topics-of.ts'

/** Any: a token means the same in each generation. */
const generation = 'g7'
const partitions = 3
const position = fc.integer({ min: -1, max: 10 })
const partition = fc.nat(partitions - 1)
const someModels = fc.subarray([...projections], { minLength: 1 })

describe('What models have applied', () => {
  test('holds an event of a partition when each that reads its topic has come to its position there', () => {
    fc.assert(
      fc.property(someModels, fc.infiniteStream(position), partition, position, (models, positions, at, wanted) => {
        const marks = new Map<string, number>()
        for (const model of models)
          for (const kind of kindsOf(model))
            for (let n = 0; n < partitions; n++) marks.set(`${model.name} ${kind} ${n}`, positions.next().value ?? -1)
        const isThere = models
          .filter((model) => kindsOf(model).includes('events'))
          .every((model) => (marks.get(`${model.name} events ${at}`) ?? -1) >= wanted)
        expect(haveApplied(models, marks, { topic: `events.${generation}`, partition: at, position: wanted })).toBe(
          isThere,
        )
      }),
    )
  })

  test('is nothing where a model has no checkpoint', () => {
    const readers = projections.filter((model) => kindsOf(model).includes('events'))
    const token = { topic: `events.${generation}`, partition: 0, position: 0 }
    expect(readers.length).toBeGreaterThan(0)
    expect(haveApplied(readers, new Map(), token)).toBe(false)
  })

  test('holds a row of the ledger when all its tails are reached, to the last one', () => {
    fc.assert(
      fc.property(someModels, position, position, partition, (models, reached, other, at) => {
        const tails = Array.from({ length: partitions }, () => ({ offset: 0, position: 5 }))
        const row = {
          seq: 1,
          position: 5,
          instant: Instant.parse('2026-01-01T00:00:00.000000Z'),
          tails: { events: tails, observations: tails },
        }
        const marks = new Map<string, number>()
        for (const model of models)
          for (const kind of kindsOf(model))
            for (let n = 0; n < partitions; n++) marks.set(`${model.name} ${kind} ${n}`, n === at ? reached : other)
        expect(haveReached(models, marks, row)).toBe(reached >= 5 && other >= 5)
      }),
    )
  })
})
