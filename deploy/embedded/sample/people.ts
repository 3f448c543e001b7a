/**
 * The sample's people, through the public commands like anybody's: an agency, two clients of it, somebody for each role, and the
 * application that they sign in with. Every command has a fixed idempotency key, so that nothing is made twice.
 */
import { patientFetch, sayProblem } from '@bizosaas/streams/import/patient-fetch.ts'

export interface PeopleService {
  readonly usersUrl: string
  /** Access tokens: of those who run the system, of an owner of the agency, and of the program that shows the sign-in page. */
  readonly operator: string
  readonly owner: string
  readonly service: string
  readonly password: string
  readonly redirectUri: string
}

export interface SamplePeople {
  readonly agencyId: string
  readonly clientIds: readonly string[]
  /** What OAuth calls the client id of the application. */
  readonly application: string
}

type Invited = { readonly invitationId: string; readonly secret: string }

const agency = 'Kontor Nord'
const owner = { email: 'owner@kontor-nord.example', givenName: 'Olivia', familyName: 'Brandt' }
const clients = ['Nordlicht Outdoor', 'Fjord Coffee']

/** The agency's staff, and with `client` somebody of a client. */
const others: readonly (typeof owner & {
  readonly role: string
  readonly client?: number
  readonly clients?: number[]
})[] = [
  { role: 'accountManager', email: 'account.manager@kontor-nord.example', givenName: 'Ayo', familyName: 'Mensah' },
  {
    role: 'campaignManager',
    email: 'campaign.manager@kontor-nord.example',
    givenName: 'Clara',
    familyName: 'Vidal',
    clients: [0],
  },
  { role: 'creativeManager', email: 'creative.manager@kontor-nord.example', givenName: 'Kenji', familyName: 'Mori' },
  { role: 'billingAdmin', email: 'billing.admin@kontor-nord.example', givenName: 'Birgit', familyName: 'Lund' },
  { role: 'analyst', email: 'analyst@kontor-nord.example', givenName: 'Anil', familyName: 'Rao' },
  { role: 'viewer', email: 'viewer@kontor-nord.example', givenName: 'Vera', familyName: 'Novak' },
  { role: 'viewer', email: 'viewer@nordlicht.example', givenName: 'Nils', familyName: 'Holm', client: 0 },
  { role: 'analyst', email: 'analyst@fjord.example', givenName: 'Freya', familyName: 'Dahl', client: 1 },
]

export const samplePeople: readonly string[] = [owner, ...others].map(({ email }) => email)

const patienceMs = 60_000

/** @throws Error with the problem's words when a command is refused; Unanswered when the service stays away for a minute */
export async function makePeople(service: PeopleService): Promise<SamplePeople> {
  const send = async <Answer>(token: string, path: string, body: object, key: string): Promise<Answer> => {
    const url = `${service.usersUrl}/v1/${path}`
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `sample:${key}`,
    }
    const answer = await patientFetch(url, { method: 'POST', headers, body: JSON.stringify(body) }, patienceMs)
    if (!answer.ok) throw new Error(`The sample people cannot be made: POST ${url}: ${await sayProblem(answer)}`)
    return (await answer.json()) as Answer
  }
  const join = ({ invitationId, secret }: Invited) =>
    send(service.service, `invitations/${invitationId}/accept`, { secret, password: service.password }, invitationId)

  const provision = { name: agency, owner }
  const made = await send<{ id: string; owner: Invited }>(service.operator, 'agencies', provision, 'agency')
  await send(service.operator, `agencies/${made.id}/activate`, {}, 'agency:activate')
  await join(made.owner)

  const clientIds: string[] = []
  for (const [n, name] of clients.entries()) {
    const { id } = await send<{ id: string }>(service.owner, 'clients', { name }, `client-${n}`)
    await send(service.owner, `clients/${id}/activate`, {}, `client-${n}:activate`)
    clientIds.push(id)
  }
  for (const { role, client, clients: some, ...person } of others) {
    const whose = client === undefined ? {} : { clientId: clientIds[client] }
    const worksFor = some === undefined ? {} : { clients: some.map((index) => clientIds[index]) }
    const body = { ...person, roles: [role], ...whose, ...worksFor }
    await join(await send<Invited>(service.owner, 'users', body, person.email))
  }
  const dashboard = { title: 'Sample dashboard', hasSecret: false, redirectUris: [service.redirectUri] }
  const { clientId } = await send<{ clientId: string }>(service.owner, 'applications', dashboard, 'application')
  return { agencyId: made.id, clientIds, application: clientId }
}

/** The address of a sign-in that ends on the page of one's sign-ins. The verifier of its code is thrown away: nobody redeems it. */
export const signInUrl = (issuer: string, application: string, redirectUri: string, challenge: string): string =>
  `${issuer}/auth?${new URLSearchParams({
    client_id: application,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })}`
