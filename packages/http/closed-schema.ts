import type { TSchema } from 'typebox'

/**
 * The same schema, but every object in it refuses fields that it does not name, unless it says itself what of others: a
 * misspelt field must not be dropped in silence.
 */
export const closed = (schema: TSchema): TSchema => close(schema) as TSchema

function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close)
  if (typeof node !== 'object' || node === null) return node
  // TypeBox keeps what it knows beyond JSON Schema in members that are not enumerable.
  const copy = Object.create(null, Object.getOwnPropertyDescriptors(node))
  for (const [key, member] of Object.entries(node)) copy[key] = close(member)
  if ('properties' in copy && !('additionalProperties' in copy)) copy.additionalProperties = false
  return copy
}
