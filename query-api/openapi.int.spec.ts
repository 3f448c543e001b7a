import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { openWorld, type World } from './testing/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

test('the query API describes every question, its parameters and its answer in valid OpenAPI 3.1', async () => {
  const document = (await world.ask('/openapi.json', '')).body
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
  expect(Object.keys(document.paths).sort()).toEqual([
    '/v1/audit',
    '/v1/campaigns',
    '/v1/campaigns/{id}',
    '/v1/campaigns/{id}/timeline',
    '/v1/metrics',
    '/v1/parked',
    '/v1/parked/{id}',
    '/v1/projections',
    '/v1/stream',
  ])
  const parameters = document.paths['/v1/metrics'].get.parameters.map(
    (each: { name?: string; $ref?: string }) => each.name ?? each.$ref,
  )
  expect(parameters).toEqual(expect.arrayContaining(['groupBy', 'from', 'to', 'campaignId', 'asOf', 'after']))
  expect(document.components.schemas).toMatchObject({
    Campaign: {},
    MetricsRow: {},
    AsOf: {},
    ProjectionState: {},
    TimelineEntry: {},
  })
})
