import pg from 'pg'

/**
 * How PostgreSQL's types look in JavaScript, for our connections only: where pg's own choice would lose digits or depend on
 * the machine's time zone.
 *
 *   bigint       number; throws beyond the safe integers
 *   timestamptz  an Instant: `2026-11-22T23:38:28.123456Z`
 *   date         `2026-11-22`
 *   numeric      string, as pg has it
 */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    (format === 'text' ? parsers.get(oid) : undefined) ?? pg.types.getTypeParser(oid, format)) as never,
}

/** The server writes in UTC, because each connection asks for it, and leaves out trailing zeros. */
const instantOfPostgres = (text: string): string => {
  const [, date, time, fraction = ''] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? []
  if (date === undefined) throw new RangeError(`PostgreSQL's timestamp ${text} is no instant`)
  return `${date}T${time}.${fraction.padEnd(6, '0')}Z`
}

const safeInteger = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`PostgreSQL's bigint ${text} is beyond the safe integers`)
  return value
}

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, safeInteger],
  [pg.types.builtins.TIMESTAMPTZ, instantOfPostgres],
  [pg.types.builtins.DATE, (text) => text],
])
