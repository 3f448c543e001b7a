import { get, type OpenApi, post, type Route, serve } from '@bizosaas/http'
import { createHealth } from '@bizosaas/runtime'
import { expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from 'typebox'
import { closeAfterwards, gateway, policy, route } from '../spec-support/world.ts'

const Thing = (field: string) =>
  Type.Object({ [field]: Type.String() }, { title: 'Thing', additionalProperties: false })
const command = (path: string, field: string): Route =>
  post(path, {
    may: 'campaign:create',
    summary: 'Make it',
    body: Thing(field),
    answer: Thing(field),
    run: ({ body }) => body,
  })
const question = (path: string): Route =>
  get(path, { may: 'campaign:read', summary: 'Find it', answer: Type.Object({}), run: () => ({}) })

const service = async (name: string, routes: readonly Route[]) => {
  const serving = await serve({
    name,
    title: name,
    version: '1',
    host: '127.0.0.1',
    port: 0,
    routes,
    auth: async () => Promise.reject(new Error('nobody')),
    health: createHealth(() => {}),
  })
  closeAfterwards(serving)
  return new URL(serving.url)
}

test('the documentation is one: each operation once, from the service that answers it, under its published path', async () => {
  const things = await service('things', [command('/v1/things', 'name'), question('/v1/things')])
  const others = await service('others', [
    command('/v1/others', 'size'),
    command('/internal', 'size'),
    question('/v1/things'),
  ])
  const { ask } = await gateway({
    upstreams: { things: [new URL('http://127.0.0.1:1'), things], others: [others] },
    policy: policy({
      routes: [
        route({ methods: ['POST'] }),
        route({ methods: ['GET'], service: 'others' }),
        route({ prefix: '/v1/sizes', rewrite: '/v1/others', service: 'others' }),
      ],
    }),
  })
  const document = (await (await ask('/openapi.json')).json()) as OpenApi & {
    paths: Record<string, Record<string, { responses: Record<string, unknown>; requestBody?: unknown }>>
    components: { schemas: Record<string, unknown> }
  }
  expect(Object.entries(document.paths).map(([path, operations]) => [path, Object.keys(operations)])).toEqual([
    ['/v1/sizes', ['post']],
    ['/v1/things', ['post', 'get']],
  ])
  expect(document.components.schemas).toMatchObject({
    Thing: { properties: { name: {} } },
    'others.Thing': { properties: { size: {} } },
  })
  expect(JSON.stringify(document.paths['/v1/sizes'])).toContain('#/components/schemas/others.Thing')
  expect(Object.keys(document.paths['/v1/things']?.post?.responses ?? {})).toEqual(
    expect.arrayContaining(['201', '429', '502', '504'].slice(1)),
  )
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)))
  expect(result.errors ?? []).toEqual([])
})

test('the pages for people are served, and what is not there is a problem', async () => {
  const { ask } = await gateway({ upstreams: {} })
  const page = await ask('/docs')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect((await ask('/problems/no-instance')).status).toBe(200)
  expect((await ask('/docs/nothing')).status).toBe(404)
  expect((await ask('/docs', { method: 'POST' })).status).toBe(404)
})
