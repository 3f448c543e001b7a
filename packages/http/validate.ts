import { nearest } from '@bizosaas/runtime'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { Settings } from 'typebox/system'
import { Problem } from './problem.ts'

/** One thing that does not fit: where (a JSON Pointer into that part of the request) and why, in words. */
export type Misfit = { readonly in: 'body' | 'query' | 'path'; readonly pointer: string; readonly detail: string }

const mostMisfits = 20
/** More errors than these are not looked for: a page of thousands of bad rows must not cost more than a good one. */
Settings.Set({ maxErrors: 100 })

/** A schema, compiled once. The check returns the misfits, none when the value fits. */
export function compile(schema: TSchema, part: Misfit['in']): (value: unknown) => readonly Misfit[] {
  const validator = Compile(schema)
  return (value) => (validator.Check(value) ? noMisfits : misfits(validator.Errors(value), schema, part))
}

const noMisfits: readonly Misfit[] = []

/** 422 with at most 20 of the misfits. */
export function invalid(found: readonly Misfit[]): Problem {
  const [first] = found
  const place = first && (first.pointer === '' ? `The ${first.in}` : `${first.pointer} in the ${first.in}`)
  const more = found.length > 1 ? ' There is more; see errors.' : ''
  return new Problem('invalid', `${place} ${first?.detail}.${more}`, {
    members: { errors: found.slice(0, mostMisfits) },
  })
}

/** The validator's errors, one for each place: alternatives that all failed are told as one. */
function misfits(errors: readonly TLocalizedValidationError[], schema: TSchema, part: Misfit['in']): readonly Misfit[] {
  const byPlace = new Map<string, string>()
  const alternatives = errors.filter(({ keyword }) => keyword === 'anyOf')
  for (const error of errors) {
    if (alternatives.some((union) => error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`))) continue
    const [node, around] = [at(schema, error.schemaPath), at(schema, parentOf(error.schemaPath))]
    for (const [pointer, detail] of explain(error, node, around)) {
      if (!byPlace.has(pointer)) byPlace.set(pointer, detail)
    }
  }
  if (byPlace.size === 0) byPlace.set('', 'does not fit its schema')
  return [...byPlace].map(([pointer, detail]) => ({ in: part, pointer, detail }))
}

type Node = Readonly<Record<string, unknown>>

function explain(
  error: TLocalizedValidationError,
  node: Node,
  objectAround: Node,
): [pointer: string, detail: string][] {
  const here = error.instancePath
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => [`${here}/${pointerStep(name)}`, 'is missing'])
    // The schema `false` of a field that is not named; the error of the object around it says the same of all of them.
    case 'boolean':
      return [[here, unknownField(here, objectAround)]]
    case 'additionalProperties':
      return []
    case 'type':
      return [[here, `must be ${described(node) ?? typeWords[String(error.params.type)] ?? error.params.type}`]]
    case 'enum':
      return [[here, `must be one of ${error.params.allowedValues.join(', ')}`]]
    case 'const':
      return [[here, `must be ${JSON.stringify(error.params.allowedValue)}`]]
    case 'anyOf':
      return [[here, `must be ${described(node) ?? oneOf(node)}`]]
    case 'format':
      return [[here, `must be ${described(node) ?? `a valid ${error.params.format}`}`]]
    case 'pattern':
      return [[here, `must be ${described(node) ?? `written like ${error.params.pattern}`}`]]
    case 'minLength':
    case 'maxLength':
      return [
        [here, `must have ${error.keyword === 'minLength' ? 'at least' : 'at most'} ${error.params.limit} characters`],
      ]
    case 'minItems':
    case 'maxItems':
      return [[here, `must have ${error.keyword === 'minItems' ? 'at least' : 'at most'} ${error.params.limit} items`]]
    case 'minimum':
    case 'maximum':
      return [[here, `must be ${error.keyword === 'minimum' ? 'at least' : 'at most'} ${error.params.limit}`]]
    default:
      return [[here, error.message]]
  }
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
}

/** Schemas of values describe what they expect, as in "a UUID"; objects describe what they mean, which says nothing here. */
const described = (node: Node): string | null =>
  node.type !== 'object' && typeof node.description === 'string' ? node.description : null

function oneOf(node: Node): string {
  const alternatives = Array.isArray(node.anyOf) ? node.anyOf.map(Object) : []
  return alternatives.map((each: Node) => wordsFor(each)).join(' or ')
}

const wordsFor = (node: Node): string =>
  'const' in node ? JSON.stringify(node.const) : (described(node) ?? typeWords[String(node.type)] ?? 'something else')

function unknownField(pointer: string, node: Node): string {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1)
  const near = nearest(name, Object.keys(Object(node.properties)))
  return near === null ? 'is not known' : `is not known; did you mean ${near}?`
}

const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'))

/** The part of the schema that a path such as `#/properties/rows/items` leads to. */
function at(schema: TSchema, path: string): Node {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce<Node>((node, step) => Object(node[step]), schema as Node)
}

/** A name as a step of a JSON Pointer (RFC 6901, section 3). */
export const pointerStep = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
