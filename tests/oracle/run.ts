/** Runs the oracle (`python3 -m oracle`, see __init__.py), which shares no code with the system, against a running system. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** At least KURRENTDB_URL, POSTGRES_PROJECTOR_URL and CLICKHOUSE_PROJECTOR_URL; TOPIC_GENERATION where it is not g1. */
export type OracleSettings = Readonly<Record<string, string | undefined>>

export type Verdict = {
  readonly ok: boolean
  /** Of the last event of history, -1 if there is none. */
  readonly position: number
  readonly tables: readonly TableVerdict[]
  readonly decisions: {
    readonly ok: boolean
    readonly events: number
    readonly commands: number
    /** How many times a rule is broken; the first 20 are told. */
    readonly broken: number
    readonly violations: readonly Violation[]
  }
  /** The same for people. */
  readonly summary: string
}

export type TableVerdict = {
  /** As in `read_model.live_version`; `ad-metrics/current` is the latest reading of each row of `ad-metrics`. */
  readonly model: string
  readonly version: number
  readonly tenants: number
  /** As they follow from history; their SHA-256, as a whole and by tenant. */
  readonly rows: number
  readonly digest: string
  readonly digests: Readonly<Record<string, string>>
  /** Events set aside, whose streams are expected to stand still from there on. */
  readonly parked: number
  readonly equal: boolean
  /** How many rows differ; the first 20 are told. */
  readonly differing: number
  readonly differences: readonly Difference[]
  /** Partitions that have not reached the end; none if compared at the checkpoints. */
  readonly behind: readonly { readonly partition: number; readonly checkpoint: number; readonly end: number }[]
  /** What else does not add up: applied, parked and not applicable, or an event that had to be parked. */
  readonly wrong: readonly string[]
}

export type Difference = {
  readonly tenant: string
  readonly key: string
  /** Columns that differ; all of them where the other side has no such row, and null for no row. */
  readonly expected: Readonly<Record<string, string | null>> | null
  readonly found: Readonly<Record<string, string | null>> | null
  /** Positions of the events that the row follows from. */
  readonly events: readonly number[]
}

export type Violation = {
  readonly tenant: string
  readonly stream: string
  readonly revision: number
  readonly position: number
  readonly type: string
  readonly rule: string
}

const tests = fileURLToPath(new URL('..', import.meta.url))
const libraries = fileURLToPath(new URL('../../.toolchain/oracle', import.meta.url))

/** A program of Python with the oracle's modules and libraries, and nothing that the user has installed. */
export const python = (args: readonly string[], env: OracleSettings, stdio: 'inherit' | ['ignore', 'pipe', 'pipe']) =>
  spawn('python3', ['-s', ...args], {
    cwd: tests,
    stdio,
    env: { PATH: process.env.PATH, ...env, PYTHONPATH: `${tests}:${libraries}`, PYTHONUTF8: '1' },
  })

/**
 * Folds all of history and compares.
 * @param options.atCheckpoints compares as of the models' checkpoints; else models that are behind are not equal
 * @throws if the oracle could not look
 */
export const runOracle = async (
  settings: OracleSettings,
  options: { readonly atCheckpoints?: boolean } = {},
): Promise<Verdict> => {
  const flags = options.atCheckpoints ? ['--at-checkpoints'] : []
  const child = python(['-m', 'oracle', ...flags], settings, ['ignore', 'pipe', 'pipe'])
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const [out, summary, code] = await Promise.all([piped(child.stdout), piped(child.stderr), ended])
  if (code !== 0 && code !== 1) throw new Error(`The oracle could not look: ${summary.trim()}`)
  return { ...JSON.parse(out), summary: summary.trim() }
}

/**
 * The verdict once no model is behind the end of history, or the last one when the time is over: a model that an event does not concern
 * notes that only now and then.
 * @throws if the oracle could not look
 */
export const runOracleAtTheEnd = async (settings: OracleSettings, withinMs = 120_000): Promise<Verdict> => {
  for (const deadline = Date.now() + withinMs; ; ) {
    const verdict = await runOracle(settings)
    if (verdict.tables.every(({ behind }) => behind.length === 0) || Date.now() > deadline) return verdict
  }
}

const piped = (stream: NodeJS.ReadableStream | null) => (stream ? text(stream) : '')

/** A row of a table of a read model, as texts by column. */
export type RowThen = Readonly<Record<string, string | null>>

/** What the oracle says a tenant's read models held when history ended at a position. */
export type Then = {
  readonly position: number
  readonly 'campaign-list': readonly RowThen[]
  readonly 'ad-metrics/current': readonly RowThen[]
}

/** @throws when the oracle could not look */
export const rowsThen = async (
  settings: OracleSettings,
  tenantId: string,
  positions: readonly number[],
): Promise<readonly Then[]> => {
  const child = python(['-m', 'oracle.past', tenantId, ...positions.map(String)], settings, ['ignore', 'pipe', 'pipe'])
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const [out, complaints, code] = await Promise.all([piped(child.stdout), piped(child.stderr), ended])
  if (code !== 0) throw new Error(`The oracle could not look: ${complaints.trim()}`)
  return JSON.parse(out)
}
