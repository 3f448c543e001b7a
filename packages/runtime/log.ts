import { type DestinationStream, type Logger, pino } from 'pino'
import { settings } from './settings.ts'

export type Log = Logger

const levels: readonly string[] = settings.LOG_LEVEL.schema.enum

/**
 * A log of JSON lines. Secrets never reach it: fields by the usual names are dropped, and what looks like a password in
 * a URL, a bearer token or a JWT is masked wherever it stands in the finished line, also inside messages and stacks.
 */
export function createLog(destination: DestinationStream, level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '***' },
      hooks: { streamWrite: maskSecrets },
    },
    destination,
  )
}

const secretFields = ['authorization', 'cookie', '["set-cookie"]', 'password', 'secret', 'token', 'privateKey'].map(
  (field) => field,
)

const secrets = /(:\/\/[^\s:@/"\\]*):[^\s@/"\\]+@|(\bBearer\s+)[\w.~+/=-]+|\beyJ[\w-]+\.[\w-]*\.?[\w-]*/gi

/** Masks URL passwords, bearer tokens and JWTs in a text. */
export function maskSecrets(line: string): string {
  return line.replace(secrets, (_, url?: string, bearer?: string) =>
    url ? `${url}:***@` : bearer ? `${bearer}***` : '***',
  )
}

/** The process's log, on stdout. Units add what they know: `log.child({ unit: 'relay' })`, `{ requestId, commandId }`. */
export const log: Log = createLog(pino.destination({ dest: 1, sync: true }), levelOf(process.env.LOG_LEVEL))

/** A malformed level is `readSettings`'s to refuse; until then lines are written as usual. */
function levelOf(written: string | undefined): string {
  return written !== undefined && levels.includes(written) ? written : 'info'
}
