/**
 * One stored event of every version, kept for ever, and the fingerprint of the schema that wrote it. A golden file
 * stands for a release: it is written once, and from then on its schema may not change.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { avroType } from '../avro.ts'
import type { Definition, Schemas } from './load.ts'
import { sampleOf } from './sample.ts'
import { selfContained } from './self-contained.ts'

export type Golden = {
  /** SHA-256 of the self-contained schema, its attributes in alphabetical order. */
  readonly fingerprint: string
  /** Event data as KurrentDB keeps it. */
  readonly json: unknown
  /** The same as Kafka keeps it, in Base64. */
  readonly avro: string
}

export const goldenPath = ({ name, version }: Definition) => `golden/${name}.v${version}.json`

export function newGolden(definition: Definition, named: Schemas['named']): Golden {
  const type = avroType(selfContained(definition, named))
  const bytes = type.toBuffer(sampleOf(definition, named))
  return { fingerprint: fingerprintOf(definition, named), json: type.fromBuffer(bytes), avro: bytes.toString('base64') }
}

/** Null if the version has not been released. */
export function readGolden(root: string, definition: Definition): Golden | null {
  const path = join(root, goldenPath(definition))
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}

/** @returns what is wrong, in sentences; empty if every release is as it was */
export function changedReleases(root: string, definitions: readonly Definition[], named: Schemas['named']): string[] {
  const known = new Set(definitions.map(goldenPath))
  const present = existsSync(join(root, 'golden'))
    ? readdirSync(join(root, 'golden')).map((file) => `golden/${file}`)
    : []
  const removed = present.filter((path) => !known.has(path))
  return [
    ...removed.map((path) => `schemas/${path} is of a released event, but its .avsc is gone. Restore that file.`),
    ...definitions.flatMap((definition) => {
      const golden = readGolden(root, definition)
      if (golden === null || golden.fingerprint === fingerprintOf(definition, named)) return []
      const { file, name, version } = definition
      return [
        `${name} is released; add ${name}.v${version + 1}.avsc. ` +
          `What schemas/${file} says (itself or by a type that it uses) is not what schemas/${goldenPath(definition)} was written with.`,
      ]
    }),
  ]
}

function fingerprintOf(definition: Definition, named: Schemas['named']): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(selfContained(definition, named))))
    .digest('hex')
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, ordered(inner)]))
}
