import { Readable } from 'node:stream'
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { isConnectionError, StoreUnavailable } from './errors.ts'

export type ClickHouse = {
  /**
   * The rows of a SELECT; parameters are written `{name: Type}` in the text. 64-bit integers and decimals come as strings,
   * so that no digit is lost; DateTime64(6) in UTC comes as an Instant.
   *
   * @throws StoreUnavailable; ClickHouseError with its number in `code`
   */
  readonly query: <Row extends object>(text: string, parameters?: Readonly<Record<string, unknown>>) => Promise<Row[]>
  /**
   * Inserts rows that are laid out already, and resolves when the server has acknowledged all of them.
   *
   * @param bytes rows of these columns in the given format
   */
  readonly insert: (
    table: string,
    columns: readonly string[],
    format: 'Native' | 'RowBinary' | 'JSONCompactEachRow',
    bytes: Uint8Array,
  ) => Promise<void>
  /** Runs a statement that answers nothing, such as DDL. */
  readonly command: (text: string) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Connects over HTTP; opens no connection by itself. Bodies are not compressed: the servers are near, and the one core of
 * a runner is dearer than their network.
 *
 * @param url `http://user:password@host:port/database`
 */
export const connectClickHouse = (url: string, options: { readonly name: string }): ClickHouse => {
  const client = createClient({
    url,
    application: options.name,
    request_timeout: 60_000,
    max_open_connections: 16,
    // What fails is thrown; whoever catches it logs it.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      output_format_json_quote_decimals: 1,
      date_time_output_format: 'iso',
      date_time_input_format: 'best_effort',
      async_insert: 0,
      // What is inserted holds no row twice. To look for such takes the server four times as long as all else that an insert does.
      optimize_on_insert: 0,
      wait_end_of_query: 1,
    },
  })

  return {
    query: (text, parameters) => available(select(client, text, parameters)),
    insert: (table, columns, format, bytes) =>
      available(sendRows(client, `INSERT INTO ${table} (${columns.join(', ')}) FORMAT ${format}`, bytes)),
    command: async (text) => {
      await available(client.command({ query: text }))
    },
    close: () => client.close(),
  }
}

const select = async <Row extends object>(
  client: ClickHouseClient,
  text: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<Row[]> => {
  const result = await client.query({ query: text, query_params: parameters, format: 'JSONEachRow' })
  return result.json<Row>()
}

const sendRows = async (client: ClickHouseClient, query: string, bytes: Uint8Array): Promise<void> => {
  const { stream } = await client.exec({ query, values: Readable.from([bytes], { objectMode: false }) })
  // The connection is free again only when the answer, which is empty, has been read.
  for await (const _ of stream);
}

const available = async <Result>(answer: Promise<Result>): Promise<Result> => {
  try {
    return await answer
  } catch (error) {
    throw isAway(error) ? new StoreUnavailable('ClickHouse', error) : error
  }
}

/** SOCKET_TIMEOUT, NETWORK_ERROR, TOO_MANY_SIMULTANEOUS_QUERIES, TOO_MANY_PARTS: the server asks to come again later. */
const comeAgain = new Set(['209', '210', '202', '252'])

const isAway = (error: unknown): boolean => {
  if (error instanceof ClickHouseError) return comeAgain.has(error.code)
  // What the client itself says of a broken connection has words only.
  return isConnectionError(error) || /socket hang up|timeout error/i.test(String((error as Error | null)?.message))
}
