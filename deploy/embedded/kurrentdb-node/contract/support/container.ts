import { GenericContainer, Wait } from 'testcontainers'

/**
 * Starts a real KurrentDB, for example `docker.kurrent.io/kurrent-latest/kurrentdb:25.1`. Needs a container engine; where
 * none is there (as where this was written) it has never run: then the suite runs against a server by CONTRACT_KURRENTDB_URL alone.
 */
export const startContainer = async (image: string): Promise<{ url: string; stop: () => Promise<unknown> }> => {
  const container = await new GenericContainer(image)
    .withEnvironment({ KURRENTDB_INSECURE: 'true', KURRENTDB_CLUSTER_SIZE: '1', KURRENTDB_MEM_DB: 'true' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .start()
  return {
    url: `kurrentdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`,
    stop: () => container.stop(),
  }
}
