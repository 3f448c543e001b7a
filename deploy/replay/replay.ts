import { setTimeout as pause } from 'node:timers/promises'
import { connectPostgres, liveGeneration } from '@bizosaas/databases'
import { connectKafka } from '@bizosaas/kafka'
import { projections } from '@bizosaas/projections/all.ts'
import {
  beginPast,
  CannotReplay,
  dropPast,
  holdsAt,
  type PastVersion,
  pastVersions,
  positionFor,
} from '@bizosaas/projections/rebuild/past/begin.ts'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { CannotStart, readSettings, type Settings } from '@bizosaas/runtime'
import { type Asked, help, readArguments } from './arguments.ts'

export const replaySettings = ['KAFKA_BROKERS', 'POSTGRES_PROJECTOR_URL', 'TOPIC_GENERATION'] as const

type Postgres = ReturnType<typeof connectPostgres>

const lookEveryMs = 500

/** @throws CannotStart, InvalidSettings */
export async function replayCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const asked = readArguments(args)
  if (asked.type === 'help') {
    process.stdout.write(help)
    return
  }
  const config = readSettings(replaySettings, environment)
  const postgres = connectPostgres(config.POSTGRES_PROJECTOR_URL, {
    name: 'replay',
    connections: 2,
    statementTimeoutMs: 60_000,
  })
  try {
    await carryOut(asked, postgres, config)
  } catch (error) {
    throw error instanceof CannotReplay ? new CannotStart(error.message) : error
  } finally {
    await postgres.close()
  }
}

async function carryOut(
  asked: Exclude<Asked, { type: 'help' }>,
  postgres: Postgres,
  config: Settings<(typeof replaySettings)[number]>,
): Promise<void> {
  switch (asked.type) {
    case 'list':
      for (const each of await pastVersions(postgres)) console.log(inWords(each))
      return
    case 'drop':
      if ((await dropPast(postgres, asked.label)) === 0)
        throw new CannotReplay(`There is nothing called ${asked.label}.`)
      console.log(`${asked.label} is dropped.`)
      return
    case 'replay': {
      const generation = await liveGeneration(postgres, config.TOPIC_GENERATION)
      const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'replay' })
      const { label, workers } = asked
      const position = await positionFor(postgres, generation, asked.until)
      const holds = await holdsAt(postgres, kafka, generation, position)
      await beginPast(postgres, newest(asked.model), { label, generation, position, holds, workers })
      console.log(`${label} stands at position ${position}.`)
      await watch(postgres, label)
    }
  }
}

/** The newest definition of each model, or of the one. */
function newest(model: string | null): Projection[] {
  const byName = new Map<string, Projection>()
  for (const each of projections) {
    if (each.version > (byName.get(each.name)?.version ?? 0)) byName.set(each.name, each)
  }
  return [...byName.values()].filter(({ name }) => model === null || name === model)
}

/** Tells what is built as it is, until all are. Whoever leaves stops nothing: the runners' workers go on. */
async function watch(postgres: Postgres, label: string): Promise<void> {
  const told = new Set<string>()
  for (;;) {
    const versions = await pastVersions(postgres, label)
    for (const each of versions) {
      if (each.state !== 'past' || told.has(each.model)) continue
      told.add(each.model)
      console.log(inWords(each))
    }
    if (versions.length === 0) throw new CannotReplay(`${label} was dropped meanwhile.`)
    const halted = versions.find((each) => each.halted !== null)
    if (halted) throw new CannotReplay(`${halted.model} does not go on: ${halted.halted}`)
    if (versions.every(({ state }) => state === 'past')) return
    await pause(lookEveryMs)
  }
}

function inWords({ label, model, version, state, stands_at, done }: PastVersion): string {
  const how = state === 'past' ? 'built' : state
  return `${label}  ${model} v${version}  at position ${stands_at}  ${how}, ${done} records read`
}
