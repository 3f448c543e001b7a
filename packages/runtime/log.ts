import { type DestinationStream, type Logger, pino } from 'pino'
import { settings } from './settings.ts'

export type Log = Logger

const levels: readonly string[] = settings.LOG_LEVEL.schema.enum

/**
 * A log of JSON lines. Secrets never reach it: fields by the usual names are masked at any depth, and so is what looks
 * like a password in a URL, a bearer token or a JWT wherever it stands, also inside messages and stacks. It is done on
 * the finished line, once, because walking every logged object for every secret's path costs ten times as much.
 */
export function createLog(destination: DestinationStream, level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: maskSecrets },
    },
    destination,
  )
}

const text = String.raw`"(?:[^"\\]|\\.)*"`
const secretField = String.raw`("(?:authorization|cookie|set-cookie|password|secret|token|privateKey)":)(?:TEXT|\[(?:TEXT|,)*\]|[\w.-]+)`
const urlPassword = String.raw`(:\/\/[^\s:@/"\\]*):[^\s@/"\\]+@`
const bearerToken = String.raw`(\bBearer\s+)[\w.~+/=-]+`
const jwt = String.raw`\beyJ[\w-]+\.[\w-]*\.?[\w-]*`
const secrets = new RegExp([secretField.replaceAll('TEXT', text), urlPassword, bearerToken, jwt].join('|'), 'gi')

/** Masks the secrets in one line of JSON. */
export function maskSecrets(line: string): string {
  return line.replace(secrets, (_, field?: string, url?: string, bearer?: string) => {
    if (field) return `${field}"***"`
    if (url) return `${url}:***@`
    return bearer ? `${bearer}***` : '***'
  })
}

/**
 * The process's log, on stdout. Units add what they know: `log.child({ unit: 'relay' })`, `{ requestId, commandId }`. Lines are written
 * beside the work, for a disk that is busy would hold up every request; an end of the process writes what is left, kill -9 does not.
 */
export const log: Log = createLog(pino.destination({ dest: 1, sync: false }), levelOf(process.env.LOG_LEVEL))

/** A malformed level is `readSettings`'s to refuse; until then lines are written as usual. */
function levelOf(written: string | undefined): string {
  return written !== undefined && levels.includes(written) ? written : 'info'
}
