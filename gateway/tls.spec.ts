import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { CannotStart } from '@bizosaas/runtime'
import { expect, test } from '@jest/globals'
import { selfSigned } from './spec-support/certificate.ts'
import { backend, closeAfterwards, echo, gateway, until } from './spec-support/world.ts'

const files = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-tls-'))
  closeAfterwards(() => rm(folder, { recursive: true }))
  const paths = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  const write = async ({ certificate, key }: { certificate: string; key: string }) => {
    await writeFile(paths.key, key)
    await writeFile(paths.certificate, certificate)
  }
  return { paths, write }
}

/** Asks over TLS, trusting just this certificate. */
async function askSecurely(url: string, ca: string): Promise<string> {
  const { port } = new URL(url)
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca })
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  try {
    await once(socket, 'secureConnect')
    socket.write('GET /v1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await once(socket, 'close')
    return answer
  } finally {
    socket.destroy()
  }
}

test('a renewed certificate is served without a restart, and one that does not fit its key is not', async () => {
  const { paths, write } = await files()
  const [first, second] = [selfSigned('first'), selfSigned('second')]
  await write(first)
  const service = await backend(echo)
  const world = await gateway({ upstreams: { things: [service.url] }, certificate: paths })
  expect(world.url).toMatch(/^https:/)
  const answer = await askSecurely(world.url, first.certificate)
  expect(answer).toContain('"x-forwarded-proto":"https"')
  expect(answer.toLowerCase()).toContain('strict-transport-security: ')

  await write({ certificate: second.certificate, key: first.key })
  await write(second)
  const isSecond = () => askSecurely(world.url, second.certificate).then(Boolean, () => false)
  await until(isSecond, 20_000)
  await expect(askSecurely(world.url, first.certificate)).rejects.toThrow()
})

test('without a certificate that can be used it does not start', async () => {
  const { paths, write } = await files()
  await expect(gateway({ certificate: paths })).rejects.toThrow(CannotStart)
  await write({ certificate: selfSigned('one').certificate, key: selfSigned('other').key })
  await expect(gateway({ certificate: paths })).rejects.toThrow('belong together')
})
