import { readdirSync, readFileSync } from 'node:fs'

/** The processes that run a program of this project on a data folder; those that end while one looks are left out. */
export const processesOf = (program: string, dataFolder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const said = (what: string) => {
        try {
          return readFileSync(`/proc/${pid}/${what}`, 'utf8').split('\0')
        } catch {
          return []
        }
      }
      return (
        said('cmdline').some((argument) => argument.endsWith(program)) &&
        said('environ').some((line) => line.includes(dataFolder))
      )
    })
