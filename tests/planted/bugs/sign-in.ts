import type { Bug } from '../bug.ts'

const specs = ['command-services/users/oidc/outside-attacks.int.spec.ts']

/** In the sign-in through outside providers. */
export const signInBugs: readonly Bug[] = [
  {
    name: 'id-token-of-anybody',
    breaks: 'the signature of an outside provider’s ID token is not verified',
    edits: [
      {
        file: 'command-services/users/oidc/outside-client.ts',
        from: '? [enableNonRepudiationChecks, allowInsecureRequests]',
        to: '? [allowInsecureRequests]',
      },
    ],
    specs,
    tests: 'signs nobody in unless this provider signed it',
  },
  {
    name: 'nonce-not-compared',
    breaks: 'an ID token that was given for another question is taken',
    edits: [
      {
        file: 'command-services/users/oidc/outside-client.ts',
        from: 'expectedNonce: nonce, pkceCodeVerifier',
        to: 'pkceCodeVerifier',
      },
      {
        file: 'command-services/users/oidc/outside-client.ts',
        from: 'async (answer, { state, nonce, verifier })',
        to: 'async (answer, { state, verifier })',
      },
    ],
    specs,
    tests: 'signs nobody in unless this provider signed it',
  },
  {
    name: 'answer-of-another-provider',
    breaks: 'the answer of one provider passes for that of another one',
    edits: [
      {
        file: 'command-services/users/oidc/outside-visits.ts',
        from: 'return provider === from.provider.id ? ',
        to: "return provider !== '' ? ",
      },
    ],
    specs,
    tests: 'passes for none of another',
  },
  {
    name: 'answer-that-counts-twice',
    breaks: 'a visit to an outside provider is remembered after the answer',
    edits: [
      {
        file: 'command-services/users/oidc/state.ts',
        from: "'DELETE FROM oidc.state WHERE kind = $1 AND key = $2 AND expires_at > now() RETURNING key, content, NULL::int AS consumed'",
        to: "'SELECT key, content, NULL::int AS consumed FROM oidc.state WHERE kind = $1 AND key = $2 AND expires_at > now()'",
      },
    ],
    specs,
    tests: 'passes for none of another',
  },
  {
    name: 'answer-in-any-browser',
    breaks: 'an answer that was begun in one browser goes on with the sign-in of another one',
    edits: [
      {
        file: 'command-services/users/oidc/sign-in-pages.ts',
        from: 'return found.uid === uid ? found : null',
        to: "return uid === '' ? null : found",
      },
    ],
    specs,
    tests: 'brought into another’s browser',
  },
  {
    name: 'account-of-an-attacker',
    breaks: 'an account is linked with whoever is signed in where the answer arrives',
    edits: [
      {
        file: 'command-services/users/oidc/linked-accounts.ts',
        from: "errand.type !== 'link' || errand.browser !== uid || errand.userId !== userId",
        to: "errand.type !== 'link' || uid === ''",
      },
    ],
    specs,
    tests: 'of an attacker is linked with nobody',
  },
]
