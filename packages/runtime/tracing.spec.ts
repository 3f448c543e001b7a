import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startCollector } from './spec-support/collector.ts'
import { inSpan, isSampled, noteSpans, openRequestSpan, startTracing } from './tracing.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const recorded = `00-${traceId}-00f067aa0ba902b7-01`
const notRecorded = `00-${traceId}-00f067aa0ba902b7-00`
let collector: Awaited<ReturnType<typeof startCollector>>
beforeAll(async () => {
  collector = await startCollector()
})
afterAll(() => collector.stop())

/** What reaches the collector of what `work` does. */
async function exportedBy(work: () => Promise<unknown>, share = '1') {
  const before = collector.spans.length
  const stop = await startTracing('spec', {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER_ARG: share,
  })
  try {
    await work()
  } finally {
    await stop()
  }
  return collector.spans.slice(before)
}

const everything = async (traceparent: string | null) => {
  const span = openRequestSpan('GET', traceparent)
  await inSpan('append', span?.traceparent ?? null, {}, async () => {})
  const events = isSampled(span?.traceparent) ? [{ traceparent: span?.traceparent ?? '', attributes: {} }] : []
  noteSpans('publish', 'producer', new Date(), events)
  span?.end('GET /v1/widgets', { 'http.response.status_code': 200 }, null)
}

describe('without a collector', () => {
  test('there are no spans, and work is just done', async () => {
    const stop = await startTracing('spec', {})
    expect(openRequestSpan('GET', recorded)).toBeNull()
    expect(isSampled(recorded)).toBe(false)
    expect(await inSpan('append', recorded, {}, async () => 7)).toBe(7)
    await stop()
  })

  test('an endpoint that is none is refused', async () => {
    await expect(startTracing('spec', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).rejects.toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4318": expected a URL',
    )
  })
})

describe('with a collector', () => {
  test("spans hang together in the client's trace", async () => {
    const spans = await exportedBy(() => everything(recorded))
    const request = spans.find(({ name }) => name === 'GET /v1/widgets')
    expect(request).toMatchObject({ process: 'spec', traceId, parentSpanId: '00f067aa0ba902b7' })
    expect(spans.map(({ name }) => name).sort()).toEqual(['GET /v1/widgets', 'append', 'publish'])
    for (const { name, parentSpanId, traceId: of } of spans)
      if (name !== 'GET /v1/widgets') expect([of, parentSpanId]).toEqual([traceId, request?.spanId])
  })

  test('what the client decided not to record is not recorded, and its trace id is kept', async () => {
    const spans = await exportedBy(async () => {
      expect(openRequestSpan('GET', notRecorded)?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
      await everything(notRecorded)
    })
    expect(spans).toEqual([])
  })

  test('where the client has not decided, the share does', async () => {
    expect(await exportedBy(() => everything(null), '0')).toEqual([])
    expect(await exportedBy(() => everything(null), '1')).toHaveLength(3)
  })

  test('work that fails fails as before, and its span says so', async () => {
    const spans = await exportedBy(async () => {
      await expect(inSpan('append', recorded, {}, () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    })
    expect(spans).toMatchObject([{ name: 'append', status: { code: 2, message: 'Error: away' } }])
  })

  test('a collector that is away holds nothing up', async () => {
    const stop = await startTracing('spec', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
    await everything(recorded)
    await stop()
    expect(isSampled(recorded)).toBe(false)
  })
})
