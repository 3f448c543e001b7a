import { connectRedis } from '@bizosaas/databases'
import { cableTo } from '@bizosaas/databases/testing/cable.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { advance } from './advance.ts'
import { type Moved, movedChannel } from './announce.ts'
import { imbalances } from './books.ts'
import { fullBudget } from './parking-budget.ts'
import { postgresSink } from './postgres-sink.ts'
import { checkpointOf, modelName } from './spec-support/databases.ts'
import { poison } from './spec-support/name-list.ts'
import { giveOrder, outcomeOf } from './spec-support/parking.ts'
import { client1, tenantB } from './spec-support/records.ts'
import { type Counts, openSystem } from './spec-support/system.ts'
import { until } from './spec-support/until.ts'
import { ensurePostgresTable } from './tables.ts'

let system: Awaited<ReturnType<typeof openSystem>>

beforeAll(async () => {
  system = await openSystem()
}, 60_000)

afterEach(async () => {
  for (const cleanUp of system.cleanUps.splice(0).reverse()) await cleanUp()
})

afterAll(() => system.close())

describe('the runner', () => {
  test('carries events from Kafka into rows, counts every one of them, and tells whose rows moved', async () => {
    const { newModel, newPartition, send, cleanUps } = system
    const { place, log, create, rename, submit, id } = newPartition()
    const model = newModel()
    const redis = connectRedis(system.config.REDIS_URL)
    const messages: Moved[] = []
    redis.subscribe(movedChannel, (message) => messages.push(JSON.parse(message)))
    cleanUps.push(async () => redis.close())
    // What is said before the subscription is there is not heard, and the runner says it once.
    const greeting = { tenantId: tenantB, clientId: null, model: modelName(), ...place, position: 0 } satisfies Moved
    await until(
      () => redis.publish(movedChannel, JSON.stringify(greeting)),
      () => messages.some(({ model: name }) => name === greeting.model),
    )
    create(1, 'a')
    submit(1)
    rename(1, 'b')
    create(2, poison)
    rename(2, 'c')
    const last = create(3, 'x', tenantB)
    await send(log)
    const { isHealthy } = await model.run()

    const counts = await until(
      () => model.counts(place),
      (found) => found?.record_offset === log.length - 1,
    )
    expect(counts).toEqual({ applied: 3, parked: 2, not_applicable: 1, record_offset: 5, halted: null })
    expect(await model.names(id(1))).toBe('a,b')
    expect(await isHealthy()).toBe(true)
    const ours = () => messages.filter(({ model: name }) => name === model.projection.name)
    await until(ours, (found) => found.length >= 2)
    expect(ours()).toContainEqual({
      tenantId: tenantB,
      clientId: client1,
      model: model.projection.name,
      ...place,
      position: last.position,
    })
  })

  test('shares partitions with a second runner, and goes on where one left off', async () => {
    const { newModel, newPartition, send } = system
    const partitions = Array.from({ length: 6 }, newPartition)
    const model = newModel()
    const grow = async (by: number) => {
      for (const { log, create, rename } of partitions) {
        const from = log.length
        if (from === 0) create(1, '0')
        while (log.length < from + by) rename(1, String(log.length))
        await send(log.slice(from))
      }
    }
    const complete = async () => {
      for (const { id, log } of partitions) {
        const expected = [...log.keys()].join(',')
        await until(
          () => model.names(id(1)),
          (found) => found === expected,
        )
      }
    }
    const one = await model.run()
    await grow(50)
    const two = await model.run()
    await grow(50)
    await complete()
    await one.stop()
    await grow(50)
    await complete()
    await two.stop()
    await grow(10)
    await model.run()
    await complete()
    for (const { place, log } of partitions)
      expect(await model.counts(place)).toMatchObject({ applied: log.length, parked: 0 })
  }, 60_000)

  test('waits for a database that is away, and parks nothing for it', async () => {
    const { newModel, newPartition, send, cleanUps } = system
    const { place, log, create, rename, id } = newPartition()
    const model = newModel()
    const cable = await cableTo(system.config.POSTGRES_PROJECTOR_URL)
    cleanUps.push(cable.close)
    // Live updates are away all the time, which is nobody's concern.
    await model.run({ POSTGRES_PROJECTOR_URL: cable.url, REDIS_URL: 'redis://127.0.0.1:1' })
    create(1, 'a')
    await send(log)
    await until(
      () => model.names(id(1)),
      (found) => found === 'a',
    )
    cable.pull()
    rename(1, 'b')
    await send(log.slice(1))
    rename(1, 'c')
    await send(log.slice(2))
    expect(await model.names(id(1))).toBe('a')
    cable.plugIn()
    await until(
      () => model.names(id(1)),
      (found) => found === 'a,b,c',
    )
    expect(await model.counts(place)).toMatchObject({ applied: 3, parked: 0, halted: null })
  }, 60_000)

  test('asks for its checkpoint again when another runner has moved it', async () => {
    const { newModel, newPartition, send } = system
    const { place, log, create, rename, id } = newPartition()
    const model = newModel()
    const { projection } = model
    const { postgres } = system.databases
    await model.run()
    create(1, 'a')
    await send(log)
    await until(
      () => model.names(id(1)),
      (found) => found === 'a',
    )
    // Somebody who still believes to own the partition takes the next event before it has reached our runner.
    rename(1, 'b')
    const sink = postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection))
    const from = await checkpointOf(postgres, projection, place)
    expect(await advance(projection, sink, from, log, () => true)).toMatchObject({ type: 'moved' })
    rename(1, 'c')
    await send(log.slice(1))
    await until(
      () => model.names(id(1)),
      (found) => found === 'a,b,c',
    )
    expect(await model.counts(place)).toMatchObject({ applied: 3, parked: 0, record_offset: 2 })
  }, 60_000)

  test('halts a partition that lacks a record, says so, and goes on with the others', async () => {
    const { newModel, newPartition, send } = system
    const [broken, sound] = [newPartition(), newPartition()]
    const model = newModel()
    broken.create(1, 'a')
    broken.rename(1, 'lost')
    broken.rename(1, 'c')
    sound.create(1, 'x')
    await send([...broken.log.toSpliced(1, 1), ...sound.log])
    const { isHealthy } = await model.run()
    const { halted } = (await until(
      () => model.counts(broken.place),
      (found) => found?.halted != null,
    )) as Counts
    expect(halted).toContain('Position 106 follows 103, but the last one applied is 100')
    sound.rename(1, 'y')
    await send(sound.log.slice(1))
    await until(
      () => model.names(sound.id(1)),
      (found) => found === 'x,y',
    )
    expect(await model.names(broken.id(1))).toBe('a')
    expect(await isHealthy()).toBe(false)
  }, 60_000)

  test('waits at a record whose schema it does not know, says so, and goes on with the others', async () => {
    const { newModel, newPartition, send, sendAs } = system
    const [later, sound] = [newPartition(), newPartition()]
    const model = newModel()
    later.create(1, 'a')
    await sendAs(() => 2 ** 31 - 1, later.log)
    sound.create(1, 'x')
    await send(sound.log)
    const { isHealthy } = await model.run()
    await until(
      () => model.names(sound.id(1)),
      (found) => found === 'x',
    )
    const found = await until(
      () => model.counts(later.place),
      (counts) => counts?.halted != null,
    )
    expect(found).toMatchObject({ applied: 0, parked: 0, record_offset: -1 })
    expect(await isHealthy()).toBe(false)
    // Nobody is held up by it: neither a second runner, with which the partitions are shared anew, nor its partitions.
    await model.run()
    sound.rename(1, 'y')
    await send(sound.log.slice(1))
    await until(
      () => model.names(sound.id(1)),
      (names) => names === 'x,y',
    )
  }, 60_000)

  test('works off what is parked when an operator orders it, and goes on with the stream', async () => {
    const { newModel, newPartition, send, databases } = system
    const { place, log, create, rename, id } = newPartition()
    const model = newModel()
    create(1, 'a')
    const bad = rename(1, poison)
    rename(1, 'c')
    await send(log)
    await model.run()
    await until(
      () => model.counts(place),
      (found) => found?.parked === 2,
    )
    const order = await giveOrder(databases.postgres, model.projection, bad, bad.position)
    await until(
      () => outcomeOf(databases.postgres, order),
      (settled) => settled?.outcome === 'applied',
    )
    rename(1, 'd')
    await send(log.slice(3))
    await until(
      () => model.names(id(1)),
      (found) => found === 'a,c,d',
    )
    expect(await model.counts(place)).toMatchObject({ applied: 3, parked: 0 })
    expect(await imbalances(databases.postgres, model.projection, [place])).toMatchObject([{ records: 0, parked: 0 }])
    // What is ordered about a stream that is not parked is settled, too.
    const late = await giveOrder(databases.postgres, model.projection, bad)
    await until(
      () => outcomeOf(databases.postgres, late),
      (settled) => settled?.outcome === 'refused',
    )
  }, 60_000)

  test('stops when many streams at once cannot be applied, and writes nothing of them', async () => {
    const { newModel, newPartition, send } = system
    const { place, log, create, id } = newPartition()
    const model = newModel()
    for (let n = 0; n <= fullBudget; n++) create(n, poison)
    create(99, 'a')
    await send(log)
    const { failure } = await model.run()
    const { halted, ...counts } = (await until(
      () => model.counts(place),
      (found) => found?.halted != null,
    )) as Counts
    expect(halted).toMatch(/^ParkingBurst: 11 streams at once cannot be applied/)
    expect(counts).toEqual({ applied: 0, parked: 0, not_applicable: 0, record_offset: -1 })
    expect(await model.names(id(99))).toBeNull()
    await until(failure, (found) => found?.startsWith('11 streams at once cannot be applied') ?? false)
  }, 60_000)
})
