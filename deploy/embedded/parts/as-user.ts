import { execFileSync } from 'node:child_process'
import type { User } from './part.ts'

/**
 * A command that ends when the supervisor ends, however that happens (the kernel then sends it `signal`), and that runs as another user
 * where one is given.
 *
 * PostgreSQL refuses root but its files may lie below root's home, which nobody else may enter: so the other user keeps the one
 * capability to pass (and keeps it when it asks by access(2), which is what the secure bit is for).
 */
export function asUser(
  command: readonly string[],
  user: User | null,
  signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM',
): string[] {
  const identity = user
    ? [
        `--reuid=${user.uid}`,
        `--regid=${user.gid}`,
        '--clear-groups',
        '--securebits=+no_setuid_fixup',
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=-all,+dac_override',
      ]
    : []
  return ['setpriv', '--pdeathsig', signal.slice(3), ...identity, ...command]
}

/** The user that parts run as which refuse root: found or made when this process is root, else null: our own will do. */
export function unprivilegedUser(): User | null {
  if (process.getuid?.() !== 0) return null
  return find('bizosaas') ?? make('bizosaas') ?? find('nobody')
}

function find(name: string): User | null {
  try {
    const [, , uid, gid] = execFileSync('getent', ['passwd', name], { encoding: 'utf8' }).split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  } catch {
    return null
  }
}

function make(name: string): User | null {
  try {
    const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin']
    execFileSync('useradd', [...flags, '--home-dir', '/nonexistent', name], { stdio: 'ignore' })
  } catch {
    return null
  }
  return find(name)
}
