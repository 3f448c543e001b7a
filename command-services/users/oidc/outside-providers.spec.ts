import { describe, expect, test } from '@jest/globals'
import { parseOutsideProviders, readOutsideProviders } from './outside-providers.ts'

const common = { id: 'one', title: 'One', clientId: 'ours', clientSecret: 'very-secret' }
const oidc = { kind: 'oidc', ...common, issuer: 'https://one.example/tenant' }
const directory = '019ab000-0000-4000-8000-00000000000d'
const parse = (entries: unknown, plainHttp = false) => parseOutsideProviders(JSON.stringify(entries), { plainHttp })
const complaintsOf = (...[entries, plainHttp]: Parameters<typeof parse>) => {
  const found = parse(entries, plainHttp)
  return 'complaints' in found ? found.complaints : []
}

describe('the file of outside providers', () => {
  test('names those that people may sign in through, each by its one issuer', () => {
    const google = { kind: 'google', ...common, id: 'google' }
    const microsoft = { kind: 'microsoft', ...common, id: 'microsoft', directory }
    expect(parse([google, microsoft, oidc])).toEqual({
      providers: [
        { ...common, id: 'google', issuer: 'https://accounts.google.com' },
        { ...common, id: 'microsoft', issuer: `https://login.microsoftonline.com/${directory}/v2.0` },
        { ...common, issuer: 'https://one.example/tenant' },
      ],
    })
    expect(parse([])).toEqual({ providers: [] })
  })

  test('is refused with the place of each mistake, and without what a field holds', () => {
    expect(complaintsOf({})).toEqual(['it is no JSON list'])
    expect(complaintsOf([{ ...oidc, kind: 'saml' }, null])).toEqual([
      '/0/kind must be google, microsoft or oidc',
      '/1/kind must be google, microsoft or oidc',
    ])
    const { clientSecret: _, ...without } = oidc
    expect(complaintsOf([without, { ...oidc, id: 'No Name', secret: 'very-secret', title: 7 }])).toEqual([
      '/0/clientSecret is missing',
      '/1/secret is not known',
      '/1/id must be a short name in lower case, such as google',
      '/1/title must be what its button says, 1 to 40 characters',
    ])
    expect(complaintsOf([{ ...oidc, clientSecret: 'very-secret\n' }]).join()).not.toContain('very')
    const found = parseOutsideProviders('[{"clientSecret": very-secret}]', { plainHttp: false })
    expect(JSON.stringify(found)).not.toContain('very')
  })

  test('that is not there keeps the service from starting; without one nobody signs in so', () => {
    expect(readOutsideProviders('none', { plainHttp: false })).toEqual([])
    const read = () => readOutsideProviders('/nowhere/providers.json', { plainHttp: false })
    expect(read).toThrow('IDENTITY_PROVIDERS_FILE: /nowhere/providers.json cannot be read.')
  })

  test('names no directory of Microsoft for everybody, and nothing twice', () => {
    for (const wrong of ['common', 'organizations', 'consumers', 'contoso.example'])
      expect(complaintsOf([{ kind: 'microsoft', ...common, directory: wrong }])).toEqual([
        '/0/directory must be the id of one directory, a UUID',
      ])
    expect(complaintsOf([oidc, oidc])).toEqual(['two have the id one', `two have the issuer ${oidc.issuer}`])
  })

  test('names issuers by https alone, but for those on this machine where it is itself reached without', () => {
    const wrong = ['http://one.example', 'https://a:b@one.example', 'https://one.example?x', 'https://one.example#x']
    for (const issuer of [...wrong, 'http://127.0.0.1:1'])
      expect([issuer, complaintsOf([{ ...oidc, issuer }])]).toEqual([
        issuer,
        ['/0/issuer must be an https address without a query, a fragment or a user'],
      ])
    for (const issuer of wrong) expect(complaintsOf([{ ...oidc, issuer }], true)).toHaveLength(1)
    for (const issuer of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1/x'])
      expect(complaintsOf([{ ...oidc, issuer }], true)).toEqual([])
  })
})
