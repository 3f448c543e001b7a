/** Run once before the units start, and again after every update: `node deploy/migrate/main.ts`. */
import { readSettings } from '@bizosaas/runtime'
import { migrateAll } from './migrate.ts'

const { POSTGRES_ADMIN_URL } = readSettings(['POSTGRES_ADMIN_URL'])
const applied = await migrateAll(POSTGRES_ADMIN_URL)
console.log(applied.length ? `Applied ${applied.join(', ')}.` : 'The database is up to date.')
