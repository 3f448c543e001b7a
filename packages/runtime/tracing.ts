/**
 * Traces, as OpenTelemetry has them, of the way from a request to the row: request, append, publish, apply. What ties them
 * together is the `traceparent` in each event's metadata, so no context is kept anywhere else.
 *
 * Unless OTEL_EXPORTER_OTLP_ENDPOINT is set no SDK is loaded, and every function here returns at its first line. Whether a
 * trace is recorded is decided once, where it begins, and travels with it: relay and projections do nothing for events of
 * traces that are not, and at most `mostSpans` times something in a batch.
 */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { readEnvironment } from './environment.ts'
import { readSettings } from './read-settings.ts'
import type { Stop } from './unit.ts'

let tracer: Tracer | null = null

/** In one batch of the relay or of a projection. */
const mostSpans = 100

/** Loads the SDK and exports from now on, if the environment says where to. @throws InvalidSettings */
export async function startTracing(process: string, env = readEnvironment()): Promise<Stop> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return async () => {}
  const settings = readSettings(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG'], env)
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const url = `${settings.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.namespace': 'bizosaas', 'service.name': process }),
    sampler: new sdk.ParentBasedSampler({
      root: new sdk.TraceIdRatioBasedSampler(Number(settings.OTEL_TRACES_SAMPLER_ARG)),
    }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
  })
  const own = provider.getTracer('bizosaas')
  tracer = own
  return async () => {
    if (tracer === own) tracer = null
    // What a collector that is away has not got is lost; nothing waits for it.
    await provider.shutdown().catch(() => {})
  }
}

export type OpenSpan = {
  /** Names this span as the parent of what follows from it. */
  readonly traceparent: string
  readonly end: (name: string, attributes: Attributes, error: unknown) => void
}

/** A request that came in; null when nothing is traced. @param parent as the client sent it, or null for a new trace */
export function openRequestSpan(name: string, parent: string | null): OpenSpan | null {
  if (tracer === null) return null
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, contextOf(parent))
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    end: (finalName, attributes, error) => {
      span.updateName(finalName)
      span.setAttributes(attributes)
      close(span, error)
    },
  }
}

/** Does the work, in a span of its own where its trace is recorded. */
export async function inSpan<Result>(
  name: string,
  parent: string | null,
  attributes: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!isSampled(parent)) return work()
  const span = tracer?.startSpan(name, { kind: SpanKind.CLIENT, attributes }, contextOf(parent))
  try {
    const result = await work()
    close(span)
    return result
  } catch (error) {
    close(span, error)
    throw error
  }
}

/** Whether a trace is recorded, here and where it began. */
export function isSampled(traceparent: string | null | undefined): boolean {
  if (tracer === null || !traceparent) return false
  return (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1
}

export type Traced = { readonly traceparent: string; readonly attributes: Attributes }

/** Notes, for each of some events whose traces are recorded, what was done with them in one batch since `startedAt`. */
export function noteSpans(
  name: string,
  kind: 'producer' | 'consumer',
  startedAt: Date,
  events: readonly Traced[],
): void {
  if (tracer === null || events.length === 0) return
  const endedAt = new Date()
  for (const { traceparent, attributes } of events.slice(0, mostSpans)) {
    const options = {
      kind: kind === 'producer' ? SpanKind.PRODUCER : SpanKind.CONSUMER,
      startTime: startedAt,
      attributes,
    }
    tracer.startSpan(name, options, contextOf(traceparent)).end(endedAt)
  }
}

function contextOf(traceparent: string | null): Context {
  if (traceparent === null) return ROOT_CONTEXT
  const [, traceId = '', spanId = '', flags = '0'] = traceparent.split('-')
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true })
}

function close(span: Span | undefined, error: unknown = null): void {
  if (error instanceof Error) span?.recordException(error)
  if (error !== null) span?.setStatus({ code: SpanStatusCode.ERROR, message: String(error) })
  span?.end()
}
