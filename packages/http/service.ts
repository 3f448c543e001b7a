import type { RequestListener } from 'node:http'
import type { Health, Log } from '@bizosaas/runtime'
import type { Authenticate } from './auth.ts'
import type { Route } from './route.ts'

export type Mounted = { readonly path: `/${string}`; readonly answer: RequestListener }

/** A service as `serve` takes it. */
export type Service = {
  /** The unit's name, as logs and metrics have it. */
  readonly name: string
  /** What people call it, in the heading of its documentation. */
  readonly title: string
  readonly version: string
  readonly host: string
  /** 0 takes any free port; see `url`. */
  readonly port: number
  /** The setting that the port comes from, to name it when it is taken. */
  readonly portSetting?: string
  readonly routes: readonly Route[]
  /** What answers by itself everything under its path, such as pages: no token is asked for there. */
  readonly mounted?: readonly Mounted[]
  readonly auth: Authenticate
  readonly health: Health
  readonly log?: Log
}
