/**
 * Starts Java for a machine with few cores that is shared with everything else. The optimising compiler takes minutes to pay
 * for itself, and until then it takes the cores away from whoever works: without it Kafka takes in its first million records in a
 * fraction of the processor time, and starts sooner.
 *
 * @param megabytes the largest heap
 */
export const java = (megabytes: number): readonly string[] => [
  'java',
  '-Xms64m',
  `-Xmx${megabytes}m`,
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
]
