import { asyncApiFile } from './asyncapi.ts'
import { incompatibilities } from './compatibility.ts'
import { changedReleases, goldenPath, newGolden, readGolden } from './golden.ts'
import { loadSchemas } from './load.ts'
import { unsealed } from './personal-data.ts'
import { schemasFile, typesFile } from './typescript.ts'

export type Plan = {
  /** Text by path below the folder. Golden files are here only while they are missing: an existing one never changes. */
  readonly files: ReadonlyMap<string, string>
  /** Why nothing may be generated, in sentences. */
  readonly problems: readonly string[]
}

/**
 * Everything that follows from the .avsc files below a folder.
 * @param upcasters which versions of which events have one
 * @throws Error that names the file that cannot be read
 */
export function plan(root: string, upcasters: Readonly<Record<string, Readonly<Record<number, unknown>>>>): Plan {
  const schemas = loadSchemas(root)
  const { named } = schemas
  const stored = [...schemas.events, schemas.metadata]
  const definitions = stored.flat()
  const all = [...schemas.shared.flat(), ...definitions]
  const unreleased = definitions.filter((definition) => readGolden(root, definition) === null)
  return {
    files: new Map([
      ['generated/types.ts', typesFile(schemas)],
      ['generated/schemas.ts', schemasFile(schemas)],
      ['asyncapi.yaml', asyncApiFile(schemas)],
      ...unreleased.map((one) => [goldenPath(one), `${JSON.stringify(newGolden(one, named), null, 2)}\n`] as const),
    ]),
    problems: [
      ...changedReleases(root, definitions, named),
      ...unsealed(all),
      ...stored.flatMap((versions) => incompatibilities(versions, named, upcasters[versions[0].name] ?? {})),
    ],
  }
}
