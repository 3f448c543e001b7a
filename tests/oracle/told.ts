/** A history that gives rows to every read model of facts, told through the public API by a tenant of its own. */
import type { Agency } from '../flow/agency.ts'
import { createCampaign, observe, registerAccount, row } from '../flow/marketing.ts'

export type Told = { readonly tenant: string; readonly campaign: string; readonly account: string }

export const tell = async (agency: Agency): Promise<Told> => {
  const { id: campaign } = await createCampaign(agency, 'Spring “in the city”')
  const steps: ['POST' | 'PUT', string, object][] = [
    ['PUT', 'budget', { amount: '1234567.50', currency: 'EUR' }],
    ['PUT', 'budget', { amount: '0.000001', currency: 'EUR' }],
    ['POST', 'submit', {}],
    ['POST', 'approve', { comment: 'On two\nlines' }],
  ]
  for (const [method, path, body] of steps) {
    const { status } = await agency.ask(method, `/v1/campaigns/${campaign}/${path}`, { body })
    if (status !== 200) throw new Error(`${path} was answered with ${status}`)
  }
  const account = await registerAccount(agency, 'ours')
  const figures = (clicks: number) => [
    row({ adId: 'steady', conversions: [{ type: 'total', count: '1.5' }] }),
    row({ adId: 'restated', clicks }),
  ]
  await observe(agency, account, figures(1))
  const { body } = await observe(agency, account, figures(2))
  if (body.restated !== 1) throw new Error(`The figures were not restated: ${JSON.stringify(body)}`)
  return { tenant: agency.tenantId, campaign, account }
}
