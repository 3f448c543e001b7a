/** Brings the database up to date for every unit that keeps tables there, as the owner of the schemas. */

import { oidcMigrations } from '@bizosaas/command-services/users/oidc/state.ts'
import { migrate } from '@bizosaas/databases'
import { readModelMigrations } from '@bizosaas/projections/runner/start.ts'
import { keyMigrations } from '@bizosaas/sealed'
import { auditMigrations } from '@bizosaas/streams/audit/start.ts'
import { relayMigrations } from '@bizosaas/streams/relay/start.ts'

/** @returns the names of the files that were applied now */
export async function migrateAll(adminUrl: string): Promise<readonly string[]> {
  // The database remembers the folders by these names: they never change.
  const relay = await migrate(adminUrl, relayMigrations, 'relay')
  const audit = await migrate(adminUrl, auditMigrations, 'audit')
  const readModel = await migrate(adminUrl, readModelMigrations, 'read-model')
  const keys = await migrate(adminUrl, keyMigrations, 'keys')
  const oidc = await migrate(adminUrl, oidcMigrations, 'oidc')
  return [...relay, ...audit, ...readModel, ...keys, ...oidc]
}
