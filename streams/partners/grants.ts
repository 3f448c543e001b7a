import type { Grant } from '@bizosaas/kafka'
import type { TenantId } from '@bizosaas/schemas'

/** What the names of a tenant's partner topics begin with. With the dot, so that no tenant's is the beginning of another's. */
export const partnerPrefix = (tenantId: TenantId): string => `partner.${tenantId}.`

/**
 * All that a partner of a tenant may do with Kafka: read the topics that are made for that tenant's partners, as a group named like
 * them. The internal topics hold every tenant's events; nobody but the system's own units is let near them.
 */
export const grantsOfPartner = (tenantId: TenantId, principal: string): readonly Grant[] => {
  const prefix = partnerPrefix(tenantId)
  return [
    { principal, kind: 'topic', prefix, to: ['read', 'describe'] },
    { principal, kind: 'group', prefix, to: ['read', 'describe'] },
  ]
}

/** As lines for Kafka's own tool, for whoever does not let this program near the cluster. */
export const asCommands = (grants: readonly Grant[], change: 'add' | 'remove'): string[] =>
  grants.map(({ principal, kind, prefix, to }) =>
    [
      `kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --${change}${change === 'remove' ? ' --force' : ''} --allow-principal '${principal}'`,
      ...to.map((operation) => `--operation ${operation}`),
      `--${kind} '${prefix}' --resource-pattern-type prefixed`,
    ].join(' '),
  )
