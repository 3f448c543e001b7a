import { avroType } from '../avro.ts'
import type { Definition, Schemas, Versions } from './load.ts'
import { latestOf } from './load.ts'
import { selfContained } from './self-contained.ts'

/**
 * FULL_TRANSITIVE, as the schema registry will ask for it: within a major every version reads what every other wrote.
 * A version of an older major needs an upcaster.
 * @returns what is wrong, in sentences
 */
export function incompatibilities(
  versions: Versions,
  named: Schemas['named'],
  upcasts: Readonly<Record<number, unknown>>,
): string[] {
  const latest = latestOf(versions)
  const pairs = versions.flatMap((reader) =>
    versions.filter((other) => other !== reader).map((writer) => ({ reader, writer })),
  )
  return [
    ...pairs
      .filter(({ reader, writer }) => reader.fullName === writer.fullName)
      .flatMap(({ reader, writer }) => {
        const reason = whyUnreadable(reader, writer, named)
        if (reason === null) return []
        return [
          `Version ${reader.version} of ${reader.name} cannot read what version ${writer.version} wrote: ${reason}. ` +
            `Within a major a new field has a default and a removed one had one; otherwise give schemas/${latest.file} the next major in its namespace.`,
        ]
      }),
    ...versions
      .filter(({ fullName, version }) => fullName !== latest.fullName && upcasts[version] === undefined)
      .map(
        ({ name, version, schema }) =>
          `${name} of version ${version} is of the major ${schema.namespace}: add its upcaster to schemas/upcasters.ts.`,
      ),
  ]
}

function whyUnreadable(reader: Definition, writer: Definition, named: Schemas['named']): string | null {
  const [read, written] = [reader, writer].map((one) => avroType(selfContained(one, named)))
  try {
    // Names are compared without namespaces, as the specification has it: a shared type has a new one per version.
    if (read && written) read.createResolver(written, { ignoreNamespaces: true })
    return null
  } catch (error) {
    return (error as Error).message
  }
}
