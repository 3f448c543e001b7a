import { parseArgs } from 'node:util'
import type { Config } from './start.ts'

/** The command line is wrong. The message says how it should be. */
export class WrongArguments extends Error {
  override readonly name = 'WrongArguments'
}

const USAGE = 'Usage: node main.ts --data DIR [--host 127.0.0.1] [--port 2113]'

/** Reads the command line. Throws WrongArguments. */
export const parseArguments = (args: readonly string[]): Config => {
  const { data, host, port } = parsed(args)
  const number = Number(port)
  if (data === undefined || data === '') throw new WrongArguments(`--data names no folder. ${USAGE}`)
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new WrongArguments(`--port is ${port}, not a number from 0 to 65535. ${USAGE}`)
  return { data, host, port: number }
}

const parsed = (args: readonly string[]): { data?: string; host: string; port: string } => {
  try {
    const options = {
      data: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '2113' },
    } as const
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new WrongArguments(`${error instanceof Error ? error.message : error} ${USAGE}`)
  }
}
