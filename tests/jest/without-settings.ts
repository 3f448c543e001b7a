import { settings } from '@bizosaas/runtime'

/** An environment in which a system starts by its defaults, whatever the developer has set there or in `.env`. */
export const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !(name in settings))),
  BIZOSAAS_ENV_FILE: '/dev/null',
})
