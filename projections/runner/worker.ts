import { type Postgres, StoreUnavailable } from '@bizosaas/databases'
import type { ConsumedBatch, OffsetRange, TopicPartition, TopicRecord } from '@bizosaas/kafka'
import type { Log } from '@bizosaas/runtime'
import { advance, newlyParked, type Step } from './advance.ts'
import type { Announcer } from './announce.ts'
import { imbalances } from './books.ts'
import { type Checkpoint, readCheckpoints, recordHalt } from './checkpoint.ts'
import { countsOf } from './counts.ts'
import { demandOf } from './database-errors.ts'
import { type Item, messageOf } from './items.ts'
import { lanes } from './lanes.ts'
import { nothingParked, type Order, pendingOrders, refuseOrder } from './orders.ts'
import { budgetAfter, fullBudget } from './parking-budget.ts'
import { factsOf, ParkingBurst } from './parking-burst.ts'
import { passedOver } from './passed-over.ts'
import { patiently, Stopping } from './patience.ts'
import type { Projection } from './projection.ts'
import { redrive } from './redrive.ts'
import { describeGap, describeLoss } from './sequence.ts'
import type { Sink } from './sink.ts'
import type { traceBatch } from './trace-batch.ts'

/**
 * What the consumer has to do after a batch: fetch on ('passed over': nothing of it concerned the model), leave the partition alone, or
 * ask for its checkpoint again, at once, soon (it is held there) or after a pause. A batch that must wait for long is not kept in hand:
 * its member of the group could not take part in sharing the partitions anew.
 */
export type Verdict = 'go on' | 'passed over' | 'halt' | 'ask again' | 'ask soon' | 'ask later'

/** One projection version's work on the partitions that are assigned to this process. */
export type Worker = {
  /** The offsets to begin at; null where the topic does not hold what follows the checkpoint. Waits for the database. */
  readonly startAt: (assigned: readonly TopicPartition[]) => Promise<(number | null)[]>
  /** Takes a partition further; one batch of it at a time. Waits for the databases. */
  readonly take: (batch: ConsumedBatch) => Promise<Verdict>
  /** Moves the checkpoints behind what was passed over. */
  readonly notePassedOver: () => Promise<readonly (readonly [TopicPartition, Verdict])[]>
  /** Does what operators have ordered about the streams that are parked in its partitions, between two batches. */
  readonly carryOutOrders: () => Promise<void>
  /** Raises an alarm where the counts of a checkpoint do not add up to the records up to it. */
  readonly audit: () => Promise<void>
  /** Partitions that are not going on, and why. */
  readonly halted: ReadonlyMap<string, Halted>
}

export type Halted = TopicPartition & { readonly reason: string }

export type WorkerParts = {
  readonly sink: Sink
  readonly postgres: Postgres
  /** The table of the orders that operators give; null while there is none. */
  readonly orders: () => Promise<string | null>
  readonly read: (batch: ConsumedBatch) => Promise<Reading>
  /**
   * Whether batches in which nothing concerns the model wait for the next one, or for `notePassedOver`: most models handle few types, and
   * a step of the checkpoint costs the database as much as one that writes rows.
   */
  readonly passesOver: boolean
  /** What the partitions of topics hold now. */
  readonly ranges: (topics: readonly string[]) => Promise<readonly OffsetRange[]>
  /** Null where nothing is new: what a version that is being built applies was applied before. */
  readonly news: News | null
  readonly log: Log
  readonly stopping: AbortSignal
}

/** The records of a batch, and how each is read as an event. */
export type Reading = {
  readonly records: readonly TopicRecord[]
  readonly itemOf?: (record: TopicRecord) => Item
}

/** So many records that concern nobody are kept for the next step of a partition. */
const mostPassedOver = 1_000

/** Who is told of what was applied. */
export type News = Pick<Announcer, 'moved'> & { readonly trace: typeof traceBatch }

export function worker(projection: Projection, parts: WorkerParts): Worker {
  const { sink, postgres, orders, read, news, log, stopping } = parts
  const counts = countsOf(projection)
  const checkpoints = new Map<string, Checkpoint>()
  const halted = new Map<string, Halted>()
  const passed = passedOver()
  const inLane = lanes()
  let imbalanced = new Set<string>()
  let budget = fullBudget

  const waited = (error: unknown): void => {
    counts.waited()
    log.warn({ reason: messageOf(error) }, 'waiting')
  }
  const wait = <Result>(work: () => Promise<Result>): Promise<Result> =>
    patiently(work, (error) => demandOf(error) === 'wait', stopping, waited)

  /** Leaves word, for the health check, the metrics and `read_model.checkpoint`; the next step of the partition takes it back. */
  const halt = async (place: TopicPartition, reason: string): Promise<void> => {
    halted.set(nameOf(place), { topic: place.topic, partition: place.partition, reason })
    counts.halted(place, true)
    log.error({ topic: place.topic, partition: place.partition, reason }, 'halted')
    await wait(() => recordHalt(postgres, projection, place, reason))
  }
  const goesOn = (place: TopicPartition): void => {
    if (halted.delete(nameOf(place))) counts.halted(place, false)
  }

  const moved = async (batch: TopicPartition, step: Step & { type: 'moved' }, startedAt: number): Promise<Verdict> => {
    const { to, done, gap } = step
    passed.forget(batch)
    const poisoned = newlyParked(done.parked)
    budget = budgetAfter(budget, poisoned.length, done.applied.length)
    checkpoints.set(nameOf(batch), to)
    counts.batch(done, (performance.now() - startedAt) / 1000)
    for (const parked of poisoned) log.error(factsOf(parked), 'stream parked')
    news?.moved(projection.name, batch, done.applied)
    goesOn(batch)
    if (step.held) return 'ask soon'
    if (gap === null) return 'go on'
    await halt(batch, describeGap(gap))
    return 'halt'
  }

  const sayWhyLost = async (from: Checkpoint): Promise<void> => {
    const { topic, partition, position, offset, orders } = from
    const [now] = await wait(() => readCheckpoints(postgres, projection, [from]))
    const isThere = now?.position === position && now.offset === offset && now.orders === orders
    if (isThere) log.debug({ topic, partition, holdAt: now.holdAt }, 'the checkpoint was held there')
    else log.warn({ topic, partition }, 'another runner has moved the checkpoint')
  }

  const settle = async (batch: ConsumedBatch, from: Checkpoint): Promise<Verdict> => {
    const startedAt = performance.now()
    const reading = await read(batch).catch(async (error) => {
      // A schema that only a later release knows, a record that is not the relay's, a registry that is away.
      await halt(batch, messageOf(error))
      return null
    })
    if (reading === null) return 'ask later'
    const records = passed.with(from, reading.records)
    return records === null ? 'ask again' : pass(batch, from, { ...reading, records }, startedAt)
  }

  const pass = async (
    batch: TopicPartition,
    from: Checkpoint,
    reading: Reading,
    startedAt: number,
  ): Promise<Verdict> => {
    const { records } = reading
    // A step takes back that the partition was halted.
    const isHalted = halted.has(nameOf(batch))
    const mayWait = parts.passesOver && from.holdAt === null && !isHalted && records.length < mostPassedOver
    if (!mayWait || records.some(concerns)) return step(batch, from, reading, startedAt)
    passed.keep(batch, records)
    return 'passed over'
  }

  const concerns = ({ type }: TopicRecord): boolean => projection.types.has(type) || type === 'Unreadable'

  const step = async (
    batch: TopicPartition,
    from: Checkpoint,
    { records, itemOf }: Reading,
    startedAt: number,
  ): Promise<Verdict> => {
    const mayPark = (streams: number, applied: number) => budgetAfter(budget, streams, applied) >= 0
    const taken = await wait(() => advance(projection, sink, from, records, mayPark, itemOf))
    switch (taken.type) {
      case 'moved':
        news?.trace(projection, records, { from, ...taken }, performance.timeOrigin + startedAt)
        return moved(batch, taken, startedAt)
      case 'lost':
        await sayWhyLost(from)
        return 'ask again'
      case 'burst':
        for (const parked of taken.poisoned) log.error(factsOf(parked), 'would park this stream')
        throw new ParkingBurst(taken.poisoned)
    }
  }

  /** What is done beside the batches is never in their way: what fails is tried again with the next look. */
  const aside = async (failed: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (error instanceof StoreUnavailable || error instanceof Stopping) log.debug({ reason: error.message }, failed)
      else log.warn({ reason: messageOf(error) }, failed)
    }
  }

  const carryOut = async (place: TopicPartition, order: Order): Promise<void> => {
    const from = checkpoints.get(nameOf(place))
    if (from === undefined) return
    // Unless the partition has been assigned anew meanwhile.
    const stands = (at: Checkpoint): void => {
      if (checkpoints.get(nameOf(at)) === from) checkpoints.set(nameOf(at), at)
    }
    const facts = { order: order.orderId, kind: order.kind, stream: order.stream }
    const done = await redrive(projection, sink, postgres, from, order)
    switch (done.type) {
      case 'moved':
        stands(done.to)
        counts.redriven(done.applied.length)
        news?.moved(projection.name, place, done.applied)
        log.info({ ...facts, applied: done.applied.length, waiting: done.waiting }, 'order carried out')
        return
      case 'refused':
        log.warn({ ...facts, reason: done.reason }, 'order refused')
        return
      case 'lost':
        // Where no batch comes, nothing else would tell us where the checkpoint is now.
        for (const found of await readCheckpoints(postgres, projection, [place])) stands(found)
    }
  }

  return {
    halted,

    carryOutOrders: () =>
      aside('orders wait', async () => {
        const table = await orders()
        if (table === null) return
        for (const order of await pendingOrders(postgres, table, projection)) {
          const { place } = order
          if (stopping.aborted) return
          if (place === null) await refuseOrder(postgres, order, nothingParked)
          else await aside('an order waits', () => inLane(nameOf(place), () => carryOut(place, order)))
        }
      }),

    audit: () =>
      aside('the books cannot be looked at', async () => {
        const found = await imbalances(postgres, projection, [...checkpoints.values()])
        for (const place of found) counts.unaccounted(place, place.records, place.parked)
        const wrong = found.filter(({ records, parked }) => records !== 0 || parked !== 0)
        for (const place of wrong) if (!imbalanced.has(nameOf(place))) log.error(place, 'the books are not right')
        imbalanced = new Set(wrong.map(nameOf))
      }),

    startAt: async (assigned) => {
      // A partition that it knows is asked for alone when its checkpoint is in doubt. What else comes is an assignment: a
      // new beginning, which may have given to another runner what is halted here.
      const isAssignment = assigned.length !== 1 || !assigned.every((place) => checkpoints.has(nameOf(place)))
      if (isAssignment) {
        for (const place of halted.values()) goesOn(place)
        passed.forgetAll()
      }
      const found = await wait(() => readCheckpoints(postgres, projection, assigned))
      // After the checkpoints: a topic only grows, so that one which is sound holds what they have seen.
      const ranges = await parts.ranges([...new Set(assigned.map(({ topic }) => topic))])
      const offsets: (number | null)[] = []
      for (const checkpoint of found) {
        checkpoints.set(nameOf(checkpoint), checkpoint)
        passed.forget(checkpoint)
        const lost = describeLoss(checkpoint, ranges)
        if (lost !== null) await halt(checkpoint, lost)
        offsets.push(lost === null ? checkpoint.offset + 1 : null)
      }
      return offsets
    },

    notePassedOver: async () => {
      const verdicts: [TopicPartition, Verdict][] = []
      const note = async (place: TopicPartition): Promise<void> => {
        const [from, records] = [checkpoints.get(nameOf(place)), passed.of(place)]
        // What is halted because a batch cannot be read stays so until it can.
        const isHalted = halted.has(nameOf(place))
        if (from === undefined || records.length === 0 || isHalted || stopping.aborted) return
        verdicts.push([place, await step(place, from, { records }, performance.now())])
      }
      await Promise.all(
        passed
          .places()
          .map((place) => aside('what was passed over is not noted', () => inLane(nameOf(place), () => note(place)))),
      )
      return verdicts
    },

    take: (batch) =>
      inLane(nameOf(batch), async () => {
        const from = checkpoints.get(nameOf(batch))
        if (from === undefined) return 'ask again'
        try {
          return await settle(batch, from)
        } catch (error) {
          if (error instanceof Stopping) return 'halt'
          await halt(batch, messageOf(error))
          throw error
        }
      }),
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}[${partition}]`
}
