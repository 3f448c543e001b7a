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
    '/v1/agencies',
    '/v1/agencies/{id}',
    '/v1/applications',
    '/v1/applications/{id}',
    '/v1/audit',
    '/v1/audit-trail',
    '/v1/audit-trail/export',
    '/v1/campaigns',
    '/v1/campaigns/{id}',
    '/v1/campaigns/{id}/timeline',
    '/v1/clients',
    '/v1/clients/{id}',
    '/v1/me',
    '/v1/me/export',
    '/v1/me/second-factor',
    '/v1/me/sessions',
    '/v1/memberships',
    '/v1/metrics',
    '/v1/metrics/explain',
    '/v1/metrics/explain/events',
    '/v1/parked',
    '/v1/parked/{id}',
    '/v1/projections',
    '/v1/projections/{name}/rebuilds',
    '/v1/projections/{name}/rebuilds/{id}',
    '/v1/projections/{name}/rebuilds/{id}/differences',
    '/v1/projections/{name}/rebuilds/{id}/events',
    '/v1/roles',
    '/v1/roles/{id}',
    '/v1/route-policies',
    '/v1/route-policies/{id}',
    '/v1/stream',
    '/v1/users',
    '/v1/users/{id}',
    '/v1/users/{id}/export',
    '/v1/users/{id}/sessions',
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
