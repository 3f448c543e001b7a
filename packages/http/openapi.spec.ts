import { describe, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from 'typebox'
import { openApi } from './openapi.ts'
import { get, post } from './route.ts'
import { routes } from './spec-support/service.ts'

const document = JSON.parse(JSON.stringify(openApi('Widgets', '1.2.3', routes)))

describe('the OpenAPI document', () => {
  test('is valid by the official schema of OpenAPI 3.1, and its references lead somewhere', async () => {
    const validator = new Validator()
    expect(await validator.validate(document)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)
    for (const [reference, path] of references) {
      const target = String(path)
        .split('/')
        .reduce((node, step) => node?.[step], document)
      expect([reference, target]).toEqual([reference, expect.any(Object)])
    }
  })

  test('carries what the routes say', () => {
    const revise = document.paths['/v1/widgets/{id}/budget'].put
    expect(revise).toMatchObject({
      operationId: 'put-widgets-id-budget',
      'x-permission': 'budget:revise',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Money' } } },
      },
    })
    expect(revise.parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid', description: 'a UUID' } },
      { $ref: '#/components/parameters/IdempotencyKey' },
      { $ref: '#/components/parameters/IfMatch' },
    ])
    expect(Object.keys(revise.responses)).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '408',
      '409',
      '412',
      '413',
      '415',
      '422',
      '429',
      '431',
      '500',
      '503',
    ])
    expect(document.components.schemas.Widget.additionalProperties).toBe(false)
  })

  test('refuses two schemas of one title', () => {
    const route = (path: `/${string}`, answer: ReturnType<typeof Type.Object>) =>
      get(path, { may: 'campaign:read', summary: 'x', answer, run: () => ({}) })
    const A = Type.Object({ a: Type.String() }, { title: 'Thing' })
    const B = Type.Object({ b: Type.String() }, { title: 'Thing' })
    expect(() => openApi('x', '1', [route('/v1/a', A), route('/v1/b', B)])).toThrow('titled Thing')
    expect(() => openApi('x', '1', [route('/v1/a', A), route('/v1/b', A)])).not.toThrow()
  })
})

test('a schema for a parameter that the path does not have is an error when the route is made', () => {
  const params: object = { nam: Type.String() }
  expect(() =>
    post('/v1/x/{name}', { may: 'campaign:read', summary: 'x', params, answer: Type.Null(), run: () => null }),
  ).toThrow('no parameter nam')
})
