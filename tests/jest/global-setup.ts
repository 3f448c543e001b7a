import { startFor } from './running-system.ts'

type GlobalConfig = { readonly testPathPatterns: { readonly patterns: readonly string[] } }

export default (config: GlobalConfig): Promise<void> => {
  process.env.LOG_LEVEL ??= 'error' // what a test provokes would otherwise drown what it says
  return startFor(config.testPathPatterns.patterns)
}
