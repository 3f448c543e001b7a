import { expect, test } from '@jest/globals'
import { backend, gateway, policy, route, until } from './spec-support/world.ts'

const named = (name: string) => backend((_, response) => void response.end(name))
const two = async () => {
  const [a, b] = [await named('a'), await named('b')]
  const world = await gateway({ upstreams: { things: [a.url, b.url] } })
  const who = async (init?: RequestInit) => {
    const answer = await world.ask('/v1', init)
    return answer.ok ? await answer.text() : answer.status
  }
  return { a, b, world, who }
}
const times = async <T>(n: number, ask: () => Promise<T>) => {
  const answers: T[] = []
  for (let i = 0; i < n; i++) answers.push(await ask())
  return answers
}

test('requests are shared out among the instances of a service', async () => {
  const { who } = await two()
  expect(new Set(await times(4, who))).toEqual(new Set(['a', 'b']))
})

test('a request that never reached an instance goes on to another, if it may be repeated', async () => {
  const { a, who } = await two()
  await times(4, who)
  await a.close()
  // Before anybody looked: the first to meet the dead instance finds out.
  expect(new Set(await times(10, who))).toEqual(new Set(['b']))
})

test('one that was sent is not repeated, nor is a command', async () => {
  let asked = 0
  const breaking = await backend(({ socket }) => {
    asked++
    socket.destroy()
  })
  const world = await gateway({ upstreams: { things: [breaking.url, breaking.url] } })
  expect((await world.ask('/v1', { method: 'POST', body: '{}' })).status).toBe(502)
  expect((await world.ask('/v1')).status).toBe(502)
  expect(asked).toBe(2)
})

test('an instance that comes back is used again without a word', async () => {
  const { a, who } = await two()
  await a.close()
  await times(4, who)
  const back = await backend((_, response) => void response.end('a again'), Number(a.url.port))
  await until(async () => (await who()) === 'a again')
  expect(back.seen.length).toBeGreaterThan(0)
})

test('an instance that is not ready is left to rest, unless there is no better one', async () => {
  let isReady = true
  const shy = await backend(() => {})
  shy.server.removeAllListeners('request')
  shy.server.on('request', ({ url }, response) => {
    response.statusCode = url === '/readyz' && !isReady ? 503 : 200
    response.end('shy')
  })
  const b = await named('b')
  const world = await gateway({ upstreams: { things: [shy.url, b.url] } })
  const who = async () => (await world.ask('/v1')).text()
  isReady = false
  await until(async () => !(await times(6, who)).includes('shy'))
  await b.close()
  await until(async () => (await who()) === 'shy')
})

test('a circuit opens to an instance that takes requests and answers none, and closes when it does again', async () => {
  let isSick = true
  const sick = await backend((_, response) => {
    if (!isSick) response.end('well')
  })
  const world = await gateway({
    upstreams: { things: [sick.url] },
    policy: policy({ routes: [route({ timeoutMs: 20 })] }),
  })
  const status = async () => (await world.ask('/v1', { method: 'POST' })).status
  await until(async () => (await status()) === 503)
  const reached = sick.seen.length
  expect(reached).toBeGreaterThanOrEqual(10)
  expect(new Set(await times(5, status))).toEqual(new Set([503]))
  expect(sick.seen.length).toBe(reached)
  isSick = false
  await until(async () => (await status()) === 200, 15_000)
}, 30_000)
