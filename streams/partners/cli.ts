/** `npm run partner-acls`: what a partner may do with Kafka, said or put into force. */
import { parseArgs } from 'node:util'
import { connectKafka, grant, revoke } from '@bizosaas/kafka'
import { CannotStart, InvalidSettings, readSettings } from '@bizosaas/runtime'
import { TenantId } from '@bizosaas/schemas'
import { asCommands, grantsOfPartner } from './grants.ts'

const help = `Lets a partner of a tenant read the topics that are made for that tenant's partners, and nothing else.

  npm run -s partner-acls -- --tenant <uuid> --principal User:acme         prints the lines for kafka-acls.sh
  npm run partner-acls -- --tenant <uuid> --principal User:acme --apply    tells the cluster of KAFKA_BROKERS itself
  npm run partner-acls -- --tenant <uuid> --principal User:acme --revoke   the same to take it back; with --apply, too

The cluster must have an authorizer, and refuse what nobody allowed (allow.everyone.if.no.acl.found=false).
`

function readArguments(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const options = { tenant: text, principal: text, apply: flag, revoke: flag, help: flag } as const
  try {
    const { values } = parseArgs({ args, options })
    if (values.help || args.length === 0) return null
    const { tenant, principal = '', apply, revoke } = values
    if (!/^User:[^\s'*]{1,200}$/.test(principal))
      throw new Error(`--principal is ${JSON.stringify(principal)}: give one such as User:acme`)
    if (tenant === undefined) throw new Error('--tenant is missing: say whose partner it is')
    return { tenantId: TenantId.parse(tenant), principal, apply, revoke }
  } catch (error) {
    throw new CannotStart(`${(error as Error).message.replace(/\.$/, '')}. See \`npm run partner-acls -- --help\`.`)
  }
}

async function run(args: string[]): Promise<void> {
  const asked = readArguments(args)
  if (asked === null) {
    process.stdout.write(help)
    return
  }
  const grants = grantsOfPartner(asked.tenantId, asked.principal)
  if (!asked.apply) {
    process.stdout.write(`${asCommands(grants, asked.revoke ? 'remove' : 'add').join('\n')}\n`)
    return
  }
  const kafka = connectKafka({ brokers: readSettings(['KAFKA_BROKERS']).KAFKA_BROKERS, clientId: 'partner-acls' })
  await (asked.revoke ? revoke : grant)(kafka, grants).catch((error: Error) => {
    throw new CannotStart(`The cluster does not take it: ${error.message}`)
  })
  process.stdout.write(`${asked.principal} ${asked.revoke ? 'reads nothing' : 'reads'} of tenant ${asked.tenantId}.\n`)
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof CannotStart || error instanceof InvalidSettings)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
