import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadSchemas } from './load.ts'
import { schemasFile, typesFile } from './typescript.ts'

const root = join(import.meta.dirname, '..')
const schemas = loadSchemas(root)
mkdirSync(join(root, 'generated'), { recursive: true })
writeFileSync(join(root, 'generated/types.ts'), typesFile(schemas))
writeFileSync(join(root, 'generated/schemas.ts'), schemasFile(schemas))
