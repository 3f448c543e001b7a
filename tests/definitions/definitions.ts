/** Whether the versions of the projections' definitions were raised when rows may come out differently. */
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { hashOf } from './sources.ts'

/** By model and version of its definition: the hash of what its rows follow from. */
export type Definitions = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Why the rows come out the same although what they follow from has another hash now; by model. */
export type SameOutput = Readonly<Record<string, { readonly hash: string; readonly because: string }>>

export type Definition = { readonly name: string; readonly version: number; readonly hash: string }

export const definitionsOf = (projections: readonly Projection[]): Definition[] =>
  projections.map((projection) => ({ name: projection.name, version: projection.version, hash: hashOf(projection) }))

/** What a person has to decide, in sentences: nobody but them knows whether the rows come out the same. */
export function complaints(now: readonly Definition[], recorded: Definitions, sameOutput: SameOutput): string[] {
  const changed = now.flatMap(({ name, version, hash }) => {
    const before = recorded[name]?.[version]
    const newest = Math.max(0, ...Object.keys(recorded[name] ?? {}).map(Number))
    if (before === undefined && version < newest)
      return [`${name}: its version ${version} is below ${newest}, which it had: versions only go up.`]
    if (before === undefined || before === hash || sameOutput[name]?.hash === hash) return []
    return [
      `${name}: what its rows follow from has changed, but its version is still ${version}: raise it, or say in tests/definitions/same-output.ts why the rows come out the same ('${name}': { hash: '${hash}', because: '...' }), and run "npm run generate".`,
    ]
  })
  const stale = Object.entries(sameOutput).flatMap(([name, { hash }]) =>
    now.some((each) => each.name === name && each.hash === hash)
      ? []
      : [`${name}: what tests/definitions/same-output.ts says was about another hash: remove it.`],
  )
  return [...changed, ...stale]
}

/** What is to be recorded from now on; what a person has to decide about stays as it was. */
export function nextDefinitions(
  now: readonly Definition[],
  recorded: Definitions,
  sameOutput: SameOutput,
): Definitions {
  const next: Record<string, Record<string, string>> = {}
  for (const { name, version, hash } of now.toSorted((one, other) => one.name.localeCompare(other.name))) {
    const before = recorded[name]?.[version]
    const decided = before === undefined || sameOutput[name]?.hash === hash
    next[name] = { ...next[name], [version]: decided ? hash : before }
  }
  return next
}
