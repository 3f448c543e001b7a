/** What the clients believe of the system: enough to send commands that mostly make sense. They may be wrong. */
import { randomUUID } from 'node:crypto'
import type { Random } from '../random.ts'
import type { Answered, Command } from './ledger.ts'

export type Tenant = {
  readonly tenantId: string
  readonly clients: readonly string[]
  readonly campaigns: Campaign[]
  readonly accounts: Account[]
  /** On the platform; some are registered more than once. */
  readonly externalIds: string[]
}

export type Campaign = { readonly id: string; state: string; revision: number }
export type Account = { readonly id: string /** Rows that were reported before. */; readonly rows: ReportedRow[] }
export type ReportedRow = Readonly<Record<string, unknown>>

export type World = {
  readonly tenants: readonly Tenant[]
  /** A tenant's own, by the last answer to a command. */
  readonly learn: (command: Command, answer: Answered) => void
}

/** Old ones are dropped, so that several clients meet at the same few. */
const campaignsInMind = 24
const accountsInMind = 6
const rowsInMind = 200

export const newWorld = (tenants: number): World => {
  const all = Array.from(
    { length: tenants },
    (): Tenant => ({
      tenantId: randomUUID(),
      clients: [randomUUID(), randomUUID()],
      campaigns: [],
      accounts: [],
      externalIds: [],
    }),
  )
  const byId = new Map(all.map((tenant) => [tenant.tenantId, tenant]))
  return {
    tenants: all,
    learn: (command, answer) => {
      const tenant = byId.get(command.tenantId)
      if (tenant === undefined || answer.outcome !== 'ok' || command.reusesKeyOf !== null) return
      if (command.does === 'register')
        keepLast(tenant.accounts, { id: String(answer.body.id), rows: [] }, accountsInMind)
      else if (command.does === 'observe') learnRows(tenant, command)
      else learnCampaign(tenant, command, answer.body)
    },
  }
}

const learnRows = ({ accounts }: Tenant, { target, body }: Command): void => {
  const account = accounts.find(({ id }) => id === target)
  for (const row of body.rows as ReportedRow[]) if (account) keepLast(account.rows, row, rowsInMind)
}

const learnCampaign = ({ campaigns }: Tenant, { does }: Command, body: Readonly<Record<string, unknown>>): void => {
  const [id, state, revision] = [String(body.id), String(body.state), Number(body.revision)]
  const known = campaigns.find((campaign) => campaign.id === id)
  if (known === undefined && does === 'create') keepLast(campaigns, { id, state, revision }, campaignsInMind)
  if (known !== undefined && revision >= known.revision) Object.assign(known, { state, revision })
}

const keepLast = <Item>(items: Item[], item: Item, most: number): void => {
  items.push(item)
  if (items.length > most) items.shift()
}

/** One of the later ones, mostly. */
export const recent = <Item>(random: Random, items: readonly Item[]): Item | undefined =>
  items[items.length - 1 - Math.floor(random.next() ** 2 * items.length)]
