/** What the sample's last answers said, kept from the first start for all later ones. */
import { parseToken, partitioner, printToken } from '@bizosaas/kafka'
import type { Settings } from '@bizosaas/runtime'
import { type TenantId, type Topic, topicName, topics } from '@bizosaas/schemas'

export type Seen = {
  /** Data folders of earlier versions do not have it. */
  readonly adAccountId?: string | undefined
  readonly consistencyTokens: readonly string[]
  /** What the sample's people sign in with, as OAuth names it. */
  readonly application: string
}

/**
 * The tokens in the words of the topics as the settings name them now. The positions are the event store's own and stay what they
 * are; topics of another generation may have other partitions.
 */
export function tokensAsOfNow(
  { adAccountId, consistencyTokens }: Omit<Seen, 'application'>,
  tenantId: TenantId,
  { TOPIC_GENERATION: generation, TOPIC_PARTITIONS: partitions }: Settings<'TOPIC_GENERATION' | 'TOPIC_PARTITIONS'>,
): readonly string[] {
  const partitionOf = partitioner(partitions)
  const keys: Readonly<Record<Topic, string | undefined>> = { events: tenantId, observations: adAccountId }
  return consistencyTokens.flatMap((text) => {
    const token = parseToken(text)
    const kind = topics.find((each) => token?.topic.startsWith(`${each}.`))
    if (token === null || kind === undefined) return []
    const key = keys[kind]
    if (key === undefined) return []
    const topic = topicName(kind, generation)
    return [printToken({ topic, partition: partitionOf(key), position: token.position })]
  })
}
