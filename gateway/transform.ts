import type { HeaderChange, JsonChange } from '@bizosaas/schemas'

type Headers = Record<string, string | string[] | number | undefined>

/** Headers by their lower-case names, changed in place. */
export function changeHeaders(headers: Headers, changes: readonly HeaderChange[]): void {
  for (const { change, header, to } of changes) {
    const name = header.toLowerCase()
    if (change === 'set' && to !== null) headers[name] = to
    else if (change === 'remove') delete headers[name]
    else if (change === 'rename' && to !== null && headers[name] !== undefined) {
      headers[to.toLowerCase()] = headers[name]
      delete headers[name]
    }
  }
}

/** A parsed body, changed in place. What a path does not lead to stays as it is. */
export function changeJson(value: unknown, changes: readonly JsonChange[]): unknown {
  const document = { root: value }
  for (const { change, path, to } of changes) {
    for (const { place, stars } of placesOf(document, ['root', ...segmentsOf(path)])) {
      if (change === 'set' && to !== null) put(document, place, JSON.parse(to))
      else if (change === 'remove') take(document, place)
      else if (change === 'move' && to !== null) move(document, place, ['root', ...withStars(segmentsOf(to), stars)])
    }
  }
  return document.root
}

type Place = readonly string[]

/** `/a~1b/*` is `a/b` and `*`. */
const segmentsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Every place that a path means; each with the members that its stars stand for. The last step need not be there. */
function placesOf(from: unknown, path: Place): { readonly place: Place; readonly stars: Place }[] {
  const [step, ...rest] = path
  if (step === undefined) return [{ place: [], stars: [] }]
  if (step === '*' && Array.isArray(from)) {
    return from.flatMap((member, n) =>
      placesOf(member, rest).map(({ place, stars }) => ({
        place: [String(n), ...place],
        stars: [String(n), ...stars],
      })),
    )
  }
  if (rest.length > 0 && !has(from, step)) return []
  const below = rest.length > 0 ? (from as Record<string, unknown>)[step] : null
  return placesOf(below, rest).map(({ place, stars }) => ({ place: [step, ...place], stars }))
}

/** The stars of a target stand for the same members as those of its source. */
function withStars(path: Place, stars: Place): Place {
  let n = 0
  return path.map((step) => (step === '*' ? (stars[n++] ?? step) : step))
}

function move(document: object, from: Place, to: Place): void {
  const parent = parentOf(document, from)
  const name = from.at(-1) ?? ''
  if (!has(parent, name) || !isContainer(parentOf(document, to))) return
  const moved = parent[name]
  take(document, from)
  put(document, to, moved)
}

function put(document: object, place: Place, value: unknown): void {
  const parent = parentOf(document, place)
  const name = place.at(-1) ?? ''
  if (!isContainer(parent) || (Array.isArray(parent) && !/^\d+$/.test(name))) return
  Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true })
}

function take(document: object, place: Place): void {
  const parent = parentOf(document, place)
  const name = place.at(-1) ?? ''
  if (!has(parent, name)) return
  if (Array.isArray(parent)) parent.splice(Number(name), 1)
  else delete parent[name]
}

function parentOf(document: object, place: Place): unknown {
  let at: unknown = document
  for (const step of place.slice(0, -1)) at = has(at, step) ? at[step] : undefined
  return at
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const has = (value: unknown, name: string): value is Record<string, unknown> =>
  isContainer(value) && Object.hasOwn(value, name)
