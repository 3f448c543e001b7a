/**
 * What the rows of a projection follow from: the code that its definition reaches, without the runner; its table.sql; and the schemas of
 * the events that it handles, with what brings older versions of them up to date. Comments, types and layout are left out, for no row
 * follows from them.
 */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import ts from 'typescript'
import { eventSchemas } from '../../schemas/generated/schemas.ts'
import { upcasters } from '../../schemas/upcasters.ts'

/** Reads a file of the project; a test may read it changed. */
export type Read = (file: string) => string

const root = fileURLToPath(new URL('../../', import.meta.url))
const fromDisk: Read = (file) => readFileSync(file, 'utf8')

export function hashOf(
  { table, types, readsEnvelopes }: Pick<Projection, 'table' | 'types' | 'readsEnvelopes'>,
  read: Read = fromDisk,
): string {
  const hash = createHash('sha256')
  for (const [file, text] of [...codeOf(table, read)].sort()) hash.update(`${path.relative(root, file)}\n${text}\n`)
  if (readsEnvelopes) return hash.digest('hex').slice(0, 16)
  for (const type of [...types].sort()) hash.update(`${type}\n${schemasOf(type)}\n`)
  return hash.digest('hex').slice(0, 16)
}

/** By file; those of the projection's folder, and what they import of the project. */
function codeOf(table: URL, read: Read): ReadonlyMap<string, string> {
  const folder = path.dirname(fileURLToPath(table))
  const waiting = globSync('*.{ts,sql}', { cwd: folder, exclude: ['*.spec.ts'] }).map((name) => path.join(folder, name))
  const found = new Map<string, string>()
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (found.has(file)) continue
    const code = file.endsWith('.sql') ? withoutLayout(read(file)) : withoutTypes(read(file))
    found.set(file, code)
    if (file.endsWith('.ts')) waiting.push(...importsOf(file, code, read))
  }
  return found
}

const withoutLayout = (sql: string): string => sql.replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim()

const withoutTypes = (code: string): string =>
  ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ESNext,
      removeComments: true,
      verbatimModuleSyntax: true,
    },
  }).outputText

/** How rows are written is the runner's, the same for all; what is generated counts by the schemas that are handled. */
const foreign = /\/(projections\/(runner|rebuild)|schemas\/generated)\//

function importsOf(file: string, code: string, read: Read): string[] {
  return importsIn(code)
    .flatMap(({ from, names }) => {
      if (from.startsWith('.')) return [path.resolve(path.dirname(file), from)]
      return from === '@bizosaas/schemas' ? names.map((name) => schemasFile(name, read)) : []
    })
    .filter((found) => !foreign.test(found))
}

type Import = { readonly from: string; readonly names: readonly string[] }

/** Also what is exported on from another file. */
function importsIn(code: string): Import[] {
  const { statements } = ts.createSourceFile('', code, ts.ScriptTarget.ESNext)
  return statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    if (statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return []
    const named = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause
    const elements = named && (ts.isNamedImports(named) || ts.isNamedExports(named)) ? [...named.elements] : []
    const names = elements.map(({ propertyName, name }) => (propertyName ?? name).text)
    return [{ from: statement.moduleSpecifier.text, names }]
  })
}

function schemasFile(name: string, read: Read): string {
  const index = path.join(root, 'schemas/index.ts')
  const found = importsIn(withoutTypes(read(index))).find(({ names }) => names.includes(name))
  if (found === undefined) throw new Error(`schemas/index.ts does not say where ${name} is.`)
  return path.resolve(path.dirname(index), found.from)
}

function schemasOf(type: string): string {
  const { versions } = eventSchemas[type as keyof typeof eventSchemas]
  const upcasts = Object.entries(upcasters[type as keyof typeof upcasters] ?? {}).map(([version, upcast]) => [
    version,
    String(upcast),
  ])
  return JSON.stringify([versions, upcasts], (key, value) => (key === 'doc' ? undefined : value))
}
