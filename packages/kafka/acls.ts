/** Who may do what with topics and groups, for clusters that refuse whatever nobody allowed. */
import kafkajs from 'kafkajs'
import type { KafkaCluster } from './connect.ts'

// Node does not find these among what the module, which is CommonJS, exports by name.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

export interface Grant {
  /** As the cluster calls who is connected, such as `User:acme`. */
  readonly principal: string
  readonly to: readonly ('read' | 'describe')[]
  readonly kind: 'topic' | 'group'
  /** What the names begin with. */
  readonly prefix: string
}

/** Adds what is missing; what is allowed already stays. @throws when the cluster authorises nobody, or refuses this client */
export async function grant(kafka: KafkaCluster, grants: readonly Grant[]): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    await admin.createAcls({ acl: grants.flatMap(entriesOf) })
  } finally {
    await admin.disconnect()
  }
}

/** Takes it all back. @throws as `grant` */
export async function revoke(kafka: KafkaCluster, grants: readonly Grant[]): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    await admin.deleteAcls({ filters: grants.flatMap(entriesOf) })
  } finally {
    await admin.disconnect()
  }
}

const kinds = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP }
const operations = { read: AclOperationTypes.READ, describe: AclOperationTypes.DESCRIBE }

const entriesOf = ({ principal, to, kind, prefix }: Grant) =>
  to.map((operation) => ({
    principal,
    host: '*',
    operation: operations[operation],
    permissionType: AclPermissionTypes.ALLOW,
    resourceType: kinds[kind],
    resourceName: prefix,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
  }))
