/** Outside providers beside the users service, and how people go to them and come back. */
import { afterAll, beforeAll } from '@jest/globals'
import type { Application, newBrowser } from './browser.ts'
import { type OutsideServer, startOutsideServer } from './outside-provider.ts'
import { issuer } from './people-service.ts'

type Browser = ReturnType<typeof newBrowser>

/** Each by its name; there once the tests run. */
export function useOutsideServers<const Name extends string>(...names: readonly Name[]): Record<Name, OutsideServer> {
  const servers = {} as Record<Name, OutsideServer>
  beforeAll(async () => {
    for (const name of names) servers[name] = await startOutsideServer(name, issuer)
  })
  afterAll(async () => {
    for (const server of Object.values<OutsideServer>(servers)) await server.stop()
  })
  return servers
}

/** Where the browser is sent from the page of the sign-in. */
export async function askOutside(browser: Browser, page: Response, { entry }: OutsideServer): Promise<string> {
  const sent = await browser.send(`${page.url}/${entry.id}`)
  return sent.headers.get('location') ?? ''
}

/** From the first page to where the browser stands once the provider has sent it back. */
export async function signInBy(browser: Browser, application: Application, server: OutsideServer, account: string) {
  const begun = await browser.begin(application)
  const back = await server.answer(await askOutside(browser, begun.page, server), account)
  return { ...begun, page: await browser.go(back.href) }
}

/** Where the browser is sent from the page that lists what one is signed in with. */
export async function askToLink(browser: Browser, password: string, { entry }: OutsideServer): Promise<string> {
  const list = await browser.go('/oidc/sessions')
  const onward = await browser.submit(list, { link: entry.id ?? '', password })
  return onward.headers.get('refresh')?.replace('0;url=', '') ?? ''
}

/** Links an account, in a browser that somebody is signed in with. */
export async function link(browser: Browser, password: string, server: OutsideServer, account: string) {
  const back = await server.answer(await askToLink(browser, password, server), account)
  return browser.go(back.href)
}
