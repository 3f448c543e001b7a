/** One storm from the first start to the last verdict. */
import { join } from 'node:path'
import { until } from '../flow/until.ts'
import { runOracleAtTheEnd } from '../oracle/run.ts'
import { type Fault, faultsOf } from './faults/faults.ts'
import { startStorm } from './faults/storm.ts'
import { connectClient } from './load/client.ts'
import { openLedger, readLedger } from './load/ledger.ts'
import { startLoad } from './load/load.ts'
import type { Options } from './options.ts'
import { random } from './random.ts'
import type { Findings, Verdict } from './report.ts'
import { type ProvenSystem, startSystem } from './system/system.ts'
import { behind, setAside } from './verdict/drained.ts'
import { type Fact, history } from './verdict/history.ts'
import { judgeLedger } from './verdict/ledger-verdict.ts'
import { digests, startRebuild, untilRebuilt } from './verdict/rebuild.ts'

const wholeWithinMs = 180_000
const drainedWithinMs = 180_000
const settledWithinMs = 180_000
const rebuiltWithinMs = 600_000
/** One in so many requests is given up by its client before it is answered. */
const hangUpRate = 0.004

export const prove = async (options: Options, folder: string, say: (text: string) => void): Promise<Findings> => {
  const { seed, kills, commands } = options
  const startedAt = Date.now()
  const system = await startSystem(folder)
  try {
    return await storm()
  } finally {
    await system.stop()
  }

  async function storm(): Promise<Findings> {
    await whole(system)
    say(`The system is up after ${seconds(startedAt)} s; ${kills} kills and ${commands} commands follow.`)
    const ledgerFile = join(folder, 'ledger.jsonl')
    const ledger = openLedger(ledgerFile)
    let calm = false
    const client = connectClient({
      edges: system.edges,
      settings: system.settings,
      ledger,
      random: random(seed, 'client'),
      hangUps: (() => {
        const chance = random(seed, 'hang-ups')
        return () => !calm && chance.chance(hangUpRate)
      })(),
    })
    let killed = 0
    const share = (done: number) => Math.min(1, done / kills)
    const load = startLoad({
      client,
      ledger,
      commands,
      random: random(seed, 'load'),
      // Commands and kills go side by side: neither is done when the other has hardly begun.
      allowed: () => commands * share(killed + 3),
    })
    const recovered = async () => {
      await whole(system)
      await drained(system, load.latestPosition())
    }
    const tellProgress = progress(say, { kills, commands, startedAt: Date.now(), sent: load.sent })
    const faulting = startStorm({
      faults: faultsOf(system),
      random: random(seed, 'faults'),
      kills,
      isInStep: (done) => load.sent() >= commands * share(done - 3),
      recovered,
      tell: (fault) => {
        if (fault.kind === 'kill') killed += 1
        tellProgress(fault)
      },
    })
    const verdicts: Verdict[] = []
    const stormStartedAt = Date.now()
    await Promise.all([faulting.over, load.done])
    const stormMs = Date.now() - stormStartedAt

    calm = true
    const settled = await load.settle(settledWithinMs)
    await recovered()
    await ledger.close()
    say(`The storm is over after ${Math.round(stormMs / 1_000)} s, ${settled} commands are settled. Now the verdicts.`)

    const lines = readLedger(ledgerFile)
    const facts: Fact[] = []
    for await (const fact of history(system.settings.KURRENTDB_URL ?? '')) facts.push(fact)
    const judge = (name: string, wrong: readonly string[]): void => {
      verdicts.push({ name, wrong })
      say(`${wrong.length === 0 ? '✓' : '✗'} ${name}`)
      for (const what of wrong.slice(0, 20)) say(`    ${what}`)
    }
    judge('ledger and event store agree', judgeLedger(lines, facts))
    const oracle = await runOracleAtTheEnd(system.settings)
    judge('the oracle finds read models and decisions right', oracle.ok ? [] : oracle.summary.split('\n'))
    const { parked, halted, duplicates } = await setAside(system.settings)
    judge('nothing is parked, nothing is halted', [...parked, ...halted])

    await startRebuild(system.settings)
    await untilRebuilt(system.settings, load.latestPosition(), rebuiltWithinMs)
    const rebuilds = await digests(system.settings)
    judge(
      'a rebuild from the beginning gives the same rows',
      rebuilds.flatMap(({ model, live, rebuilt }) =>
        live === rebuilt ? [] : [`${model} has ${live}, but rebuilt ${rebuilt}`],
      ),
    )
    const ends = new Map([...system.keepers.values()].map((keeper) => [keeper.name, keeper.ends()]))
    await system.stop()
    judge(
      'no process is left behind',
      system.orphans().map((pid) => `process ${pid} still runs`),
    )
    return {
      options,
      lines,
      events: facts.length,
      faults: faulting.done(),
      skipped: faulting.skipped(),
      ends,
      duplicates,
      parked: parked.length,
      settled,
      rebuilds,
      verdicts,
      stormMs,
      totalMs: Date.now() - startedAt,
    }
  }
}

const whole = async (system: ProvenSystem): Promise<void> => {
  let ailing: string[] = []
  await until('every part answers and every unit is ready', wholeWithinMs, async () => {
    ailing = await system.ailing()
    return ailing.length === 0
  }).catch((error) => {
    throw new Error(`${error.message}:\n${ailing.join('\n')}`)
  })
}

const drained = async ({ settings }: ProvenSystem, position: number): Promise<void> => {
  let lagging: string[] = []
  await until('all that was answered is in the read models', drainedWithinMs, async () => {
    lagging = await behind(settings, position).catch((error: Error) => [error.message])
    return lagging.length === 0
  }).catch((error) => {
    throw new Error(`${error.message}:\n${lagging.join('\n')}`)
  })
}

const seconds = (since: number): string => ((Date.now() - since) / 1_000).toFixed(1)

const tellEveryMs = 5_000

/** A line now and then: what was done, and when it may be over. */
const progress = (
  say: (text: string) => void,
  of: { kills: number; commands: number; startedAt: number; sent: () => number },
): ((fault: Fault) => void) => {
  let kills = 0
  let told = 0
  return ({ kind, target }) => {
    if (kind === 'kill') kills += 1
    if (Date.now() - told < tellEveryMs) return
    told = Date.now()
    const share = Math.min(kills / of.kills, of.sent() / of.commands)
    const left = share > 0 ? Math.round(((Date.now() - of.startedAt) * (1 / share - 1)) / 1_000) : null
    const eta = left === null ? '' : `, about ${left} s more`
    say(`  ${kills}/${of.kills} kills, ${of.sent()}/${of.commands} commands${eta} (now: ${kind} ${target})`)
  }
}
