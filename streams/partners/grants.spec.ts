import { TenantId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import { asCommands, grantsOfPartner, partnerPrefix } from './grants.ts'

const tenantId = TenantId.parse('3f5a5e9e-6c7e-4a3d-8d5f-6d2f3c1b2a10')
const prefix = `partner.${tenantId}.`
const grants = grantsOfPartner(tenantId, 'User:acme')

test('a partner is granted to read what begins with the name of its tenant, and nothing else', () => {
  expect(partnerPrefix(tenantId)).toBe(prefix)
  expect(grants.map(({ principal, kind, prefix: of, to }) => [principal, kind, of, ...to])).toEqual([
    ['User:acme', 'topic', prefix, 'read', 'describe'],
    ['User:acme', 'group', prefix, 'read', 'describe'],
  ])
})

test('the same is said in lines for the tool of Kafka, which asks nothing back', () => {
  const of = (change: string, kind: string) =>
    `kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" ${change} --allow-principal 'User:acme' --operation read --operation describe --${kind} '${prefix}' --resource-pattern-type prefixed`
  expect(asCommands(grants, 'add')).toEqual([of('--add', 'topic'), of('--add', 'group')])
  expect(asCommands(grants, 'remove')).toEqual([of('--remove --force', 'topic'), of('--remove --force', 'group')])
})
