import { hash } from 'node:crypto'
import { log } from '@bizosaas/runtime'
import pg from 'pg'
import { copyIn } from './copy-in.ts'
import { isConnectionError, StoreUnavailable } from './errors.ts'
import { typeParsers } from './postgres-types.ts'

/** What a statement can be sent to: the pool, or one transaction. */
export type Queryable = {
  /**
   * Runs one statement; values are `$1`, `$2`, ... Rows come as `postgres-types.ts` says.
   *
   * @throws StoreUnavailable; pg's DatabaseError with its SQLSTATE in `code`
   */
  readonly query: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  /**
   * As `query`, for a statement that is sent all the time with the same text: a connection parses it once and soon plans it once, which for
   * a long one costs more than carrying it out. Connections keep it, so the text must not be made up anew each time.
   */
  readonly prepared: Queryable['query']
}

export type Transaction = Queryable & {
  /**
   * Runs a `COPY ... FROM STDIN` with what it is to read.
   *
   * @throws as `query`
   */
  readonly copyIn: (text: string, bytes: Buffer) => Promise<void>
}

export type Postgres = Queryable & {
  /** Commits what `work` did, or none of it when `work` rejects. */
  readonly transaction: <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>
  /**
   * Reads as one tenant, and as some of its clients where `clientIds` is not null: row-level security sees
   * `app.tenant_id` and `app.client_ids`. All reads see one snapshot. `work` may be done a second time, when a plan was no longer true.
   */
  readonly asTenant: <Result>(tenant: Tenancy, work: (tx: Queryable) => Promise<Result>) => Promise<Result>
  readonly close: () => Promise<void>
}

export type Tenancy = { readonly tenantId: string; readonly clientIds: readonly string[] | null }

/**
 * A pool of connections to PostgreSQL; opens none by itself.
 *
 * @param options.connections at most this many
 * @param options.statementTimeoutMs after which the server gives up a statement
 */
export const connectPostgres = (
  url: string,
  options: { readonly name: string; readonly connections: number; readonly statementTimeoutMs: number },
): Postgres => {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.name,
    max: options.connections,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    options: '-c TimeZone=UTC',
    types: typeParsers,
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process. The error has the whole
  // client in it, which would fill the log.
  pool.on('error', ({ message }) => log.warn({ part: 'postgres', reason: message }, 'an idle connection broke'))

  const inTransaction = async <Result>(
    begin: string,
    work: (tx: Transaction) => Promise<Result>,
    prepare: typeof preparedAs = preparedAs,
  ): Promise<Result> => {
    const client = await available(pool.connect())
    // The statement that a breaking connection interrupts says so; without a listener the client says it to the process.
    const ignore = () => {}
    client.on('error', ignore)
    let broken: Error | undefined
    try {
      await available(client.query(begin))
      const result = await work({
        query: (text, values) => rowsOf(client.query(text, values && [...values])),
        prepared: (text, values = []) => rowsOf(client.query(prepare(text, values))),
        copyIn: (text, bytes) => available(copyIn(client, text, bytes)),
      })
      await available(client.query('COMMIT'))
      return result
    } catch (error) {
      broken = (await rollback(client)) ?? (isStalePlan(error) ? (error as Error) : undefined)
      throw error
    } finally {
      client.off('error', ignore)
      client.release(broken)
    }
  }

  return {
    query: (text, values) => rowsOf(pool.query(text, values && [...values])),
    prepared: async (text, values = []) => {
      try {
        return await rowsOf(pool.query(preparedAs(text, values)))
      } catch (error) {
        if (!isStalePlan(error)) throw error
        return rowsOf(pool.query(text, [...values]))
      }
    },
    transaction: (work) => inTransaction('BEGIN', work),
    asTenant: async ({ tenantId, clientIds }, work) => {
      // One round trip: without parameters several statements may travel together.
      const begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT set_config('app.tenant_id', ${literal(tenantId)}, true), set_config('app.client_ids', ${literal(clientIds ? `{${clientIds}}` : 'all')}, true)`
      try {
        return await inTransaction(begin, work)
      } catch (error) {
        if (!isStalePlan(error)) throw error
        return inTransaction(begin, work, (text, values) => ({ text, values: [...values] }))
      }
    },
    close: () => pool.end(),
  }
}

/** Before it is carried out: a type in the plan has changed, or the connection does not know the statement (any more). */
const stalePlans = new Set(['0A000', '26000'])
const isStalePlan = (error: unknown): boolean => error instanceof pg.DatabaseError && stalePlans.has(error.code ?? '')

const preparedAs = (text: string, values: readonly unknown[]): pg.QueryConfig => ({
  name: nameOf(text),
  text,
  values: [...values],
})

/** Names of statements have at most 63 characters. */
const nameOf = (text: string): string => hash('sha256', text, 'base64url')

const literal = (text: string): string => pg.escapeLiteral(text)

const rowsOf = async <Row extends object>(answer: Promise<pg.QueryResult>): Promise<Row[]> =>
  (await available(answer)).rows as Row[]

/** The error that makes the connection useless, if there is one: the pool then drops it. */
const rollback = async (client: pg.PoolClient): Promise<Error | undefined> => {
  try {
    await client.query('ROLLBACK')
  } catch (error) {
    return error as Error
  }
}

/** Turns what says that the server is away into StoreUnavailable. */
export const available = async <Result>(answer: Promise<Result>): Promise<Result> => {
  try {
    return await answer
  } catch (error) {
    throw isAway(error) ? new StoreUnavailable('PostgreSQL', error) : error
  }
}

/** Connection exceptions, operator intervention (shutdown, crash, starting up), too many connections. */
const awayStates = /^(08|57P0|53300)/

const isAway = (error: unknown): boolean => {
  if (error instanceof pg.DatabaseError) return awayStates.test(error.code ?? '')
  // What the driver itself says of a broken connection has words only.
  return (
    isConnectionError(error) ||
    /connection|timeout exceeded|Client was closed/i.test(String((error as Error | null)?.message))
  )
}
