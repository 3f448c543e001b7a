/** What the OpenID Connect server remembers, in PostgreSQL: found by hashes only, and readable by this service alone. */
import { createHash, createSecretKey, hkdfSync } from 'node:crypto'
import type { Postgres } from '@bizosaas/databases'
import { log, type Stop } from '@bizosaas/runtime'
import { decrypt, encrypt } from '@bizosaas/sealed'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import { errors } from 'oidc-provider'

export const oidcMigrations = new URL('./migrations/', import.meta.url)

const forgetEveryMs = 60_000

/** A code or a refresh token that was used up already: whoever sends it again is not who it was given to, or both did. */
export class UsedAgain extends errors.InvalidGrant {
  readonly sessionId: string | null
  constructor(sessionId: string | null) {
    super('it was used at the same moment')
    this.sessionId = sessionId
  }
}

export interface State {
  /** Of one kind, as oidc-provider asks for it. */
  readonly adapter: (kind: string) => Adapter
  /** What was remembered, and is not from then on: of two that ask at once, one gets nothing. */
  readonly take: (kind: string, id: string) => Promise<AdapterPayload | undefined>
  /** The sign-ins of a person that have not ended. */
  readonly sessionsOf: (userId: string) => Promise<readonly string[]>
  /** Notes in which browser a sign-in was: with the one the other ends. @param uid of the browser's session */
  readonly tie: (sessionId: string, uid: string) => Promise<void>
  /** Ends all tokens and codes of a sign-in, and what the browser that it was in remembers. */
  readonly endSession: (sessionId: string) => Promise<void>
  /** Ends all of a person: tokens, codes, sign-ins under way, and what their browsers remember. */
  readonly endAll: (userId: string) => Promise<void>
  readonly stop: Stop
}

interface Row {
  readonly key: Buffer
  readonly content: Buffer
  /** When it was used up, in seconds since 1970. */
  readonly consumed: number | null
}

/** A sign-in's id, from the secret name of its grant: as a UUID of version 8, which one can make of any hash (RFC 9562). */
export function sessionIdOf(grantId: string): string {
  const hash = createHash('sha256').update(`session ${grantId}`).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  return hash.toString('hex', 0, 16).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/**
 * What a browser remembers is ended by a mark: a request that was under way meanwhile would put it back where it was deleted. What it
 * held is forgotten at once, the mark when it would have expired.
 */
const ended = `consumed_at = now(), content = ''`
const isNotEnded = `(state.kind <> 'Session' OR state.consumed_at IS NULL)`

/** @param secret in hexadecimal; what it is for is bound to it here */
export function oidcState(postgres: Postgres, secret: string): State {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'hex'), '', 'oidc state', 32)))
  const hash = (text: string) => createHash('sha256').update(text).digest()
  const about = (kind: string, at: Buffer) => `${kind} ${at.toString('hex')}`
  const opened = (kind: string, { key: at, content, consumed }: Row): AdapterPayload => ({
    ...JSON.parse(decrypt(key, about(kind, at), content).toString()),
    ...(consumed === null ? {} : { consumed }),
  })

  const adapter: State['adapter'] = (kind) => {
    const findBy = async (column: 'key' | 'look_up', text: string) => {
      const [row] = await postgres.prepared<Row>(
        `SELECT key, content, floor(extract(epoch FROM consumed_at))::int AS consumed FROM oidc.state WHERE kind = $1 AND ${column} = $2 AND expires_at > now() AND ${isNotEnded}`,
        [kind, hash(text)],
      )
      return row && opened(kind, row)
    }
    return {
      upsert: async (id, payload, expiresIn) => {
        const at = hash(id)
        const grantId = kind === 'Grant' ? id : payload.grantId
        await postgres.prepared(
          `INSERT INTO oidc.state (kind, key, content, look_up, session_id, user_id, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
           ON CONFLICT (kind, key) DO UPDATE SET content = excluded.content,
             look_up = coalesce(excluded.look_up, state.look_up), user_id = excluded.user_id, expires_at = excluded.expires_at
           WHERE ${isNotEnded}`,
          [
            kind,
            at,
            encrypt(key, about(kind, at), Buffer.from(JSON.stringify(payload))),
            payload.uid === undefined ? null : hash(payload.uid),
            grantId === undefined ? null : sessionIdOf(grantId),
            payload.accountId ?? payload.result?.login?.accountId ?? payload.session?.accountId ?? null,
            expiresIn,
          ],
        )
      },
      find: (id) => findBy('key', id),
      findByUid: (uid) => findBy('look_up', uid),
      // Devices without a browser are not signed in here.
      findByUserCode: async () => undefined,
      // Of two that come at once, one is too late: whoever did not use it up must not go on.
      consume: async (id) => {
        const used = await postgres.prepared(
          'UPDATE oidc.state SET consumed_at = now() WHERE kind = $1 AND key = $2 AND consumed_at IS NULL RETURNING kind',
          [kind, hash(id)],
        )
        if (used.length > 0) return
        const [row] = await postgres.query<{ session_id: string | null }>(
          'SELECT session_id::text FROM oidc.state WHERE kind = $1 AND key = $2',
          [kind, hash(id)],
        )
        throw new UsedAgain(row?.session_id ?? null)
      },
      destroy: async (id) => {
        await postgres.query('DELETE FROM oidc.state WHERE kind = $1 AND key = $2', [kind, hash(id)])
      },
      revokeByGrantId: async (grantId) => {
        await postgres.query('DELETE FROM oidc.state WHERE kind = $1 AND session_id = $2', [kind, sessionIdOf(grantId)])
      },
    }
  }

  const forget = async () => {
    try {
      await postgres.query('DELETE FROM oidc.state WHERE expires_at < now()', [])
    } catch (error) {
      log.warn({ unit: 'users', err: error }, 'what has expired could not be forgotten')
    }
  }
  const timer = setInterval(() => void forget(), forgetEveryMs)
  timer.unref()

  return {
    adapter,
    take: async (kind, id) => {
      const [row] = await postgres.query<Row>(
        'DELETE FROM oidc.state WHERE kind = $1 AND key = $2 AND expires_at > now() RETURNING key, content, NULL::int AS consumed',
        [kind, hash(id)],
      )
      return row && opened(kind, row)
    },
    sessionsOf: async (userId) => {
      const rows = await postgres.query<{ session_id: string }>(
        `SELECT session_id::text FROM oidc.state WHERE user_id = $1 AND kind = 'Grant' AND expires_at > now() ORDER BY expires_at DESC`,
        [userId],
      )
      return rows.map(({ session_id }) => session_id)
    },
    tie: async (sessionId, uid) => {
      await postgres.query(`UPDATE oidc.state SET look_up = $2 WHERE kind = 'Grant' AND session_id = $1`, [
        sessionId,
        hash(uid),
      ])
    },
    endSession: async (sessionId) => {
      await postgres.query(
        `UPDATE oidc.state SET ${ended} WHERE kind = 'Session'
           AND look_up IN (SELECT look_up FROM oidc.state WHERE kind = 'Grant' AND session_id = $1)`,
        [sessionId],
      )
      await postgres.query('DELETE FROM oidc.state WHERE session_id = $1', [sessionId])
    },
    endAll: async (userId) => {
      await postgres.query(`UPDATE oidc.state SET ${ended} WHERE kind = 'Session' AND user_id = $1`, [userId])
      await postgres.query(`DELETE FROM oidc.state WHERE kind <> 'Session' AND user_id = $1`, [userId])
    },
    stop: async () => clearInterval(timer),
  }
}
