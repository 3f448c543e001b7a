import { DataType, load, open } from 'ffi-rs'

open({ library: 'c', path: 'libc.so.6' })

type Argument = number | string

/** Calls a function of the C library that takes and gives only integers. */
const integer = (name: string, ...args: readonly Argument[]): number =>
  load({
    library: 'c',
    funcName: name,
    retType: DataType.I32,
    paramsType: args.map((arg) => (typeof arg === 'number' ? DataType.I32 : DataType.String)),
    paramsValue: [...args],
  })

const readWriteNotControlling = 0o2 | 0o400 // O_RDWR | O_NOCTTY on Linux

/**
 * Makes standard input a pseudo-terminal (posix_openpt(3)).
 *
 * @returns the descriptor of its other end: what is written there is typed
 */
export function makeStdinTerminal(): number {
  const controller = integer('posix_openpt', readWriteNotControlling)
  integer('grantpt', controller)
  integer('unlockpt', controller)
  const name: string = load({
    library: 'c',
    funcName: 'ptsname',
    retType: DataType.String,
    paramsType: [DataType.I32],
    paramsValue: [controller],
  })
  const terminal = integer('open', name, readWriteNotControlling)
  if (controller < 0 || terminal < 0 || integer('dup2', terminal, 0) !== 0)
    throw new Error('no pseudo-terminal to be had')
  return controller
}

/** Sets a variable where C code sees it; `process.env` of the main thread would do, a worker's is a copy. */
export function setEnvironment(name: string, value: string): void {
  integer('setenv', name, value, 1)
}
