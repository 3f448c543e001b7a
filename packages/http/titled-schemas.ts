import { isDeepStrictEqual } from 'node:util'
import type { TSchema } from 'typebox'

/**
 * Moves every schema with a `title` such as `NewCampaign` into a list of its own, and leaves a reference in its place.
 *
 * @throws TypeError from `refer` when two different schemas have one title
 */
export function titledSchemas() {
  const schemas: Record<string, unknown> = {}

  const refer = (schema: TSchema): unknown => replace(JSON.parse(JSON.stringify(schema)))

  const replace = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(replace)
    if (typeof node !== 'object' || node === null) return node
    const inner = Object.fromEntries(Object.entries(node).map(([key, member]) => [key, replace(member)]))
    const { title } = inner
    if (typeof title !== 'string' || !/^[A-Z]\w*$/.test(title)) return inner
    if (title in schemas && !isDeepStrictEqual(schemas[title], inner)) {
      throw new TypeError(
        `Two different schemas are titled ${title}. Give one another title; or, if one of them is a body, which refuses unknown fields, let both say additionalProperties: false.`,
      )
    }
    schemas[title] = inner
    return { $ref: `#/components/schemas/${title}` }
  }

  return { schemas, refer }
}
