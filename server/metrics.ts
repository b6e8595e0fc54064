import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ObserveWrite } from './db/dialect.ts'
import type { OutcomeCounts } from './sync/counts.ts'
import { Outcome } from './sync/schemas.ts'

/** From a read of one record to a push that waits for the disk. */
const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const WRITE_SECONDS = [0.0005, ...HTTP_SECONDS]

export interface RequestFigures {
  readonly method: string
  /** The pattern, never the path: that may hold what a person wrote, and there are as many as records. */
  readonly route: string
  /** `2xx`, `4xx`. */
  readonly status: string
  readonly seconds: number
}

/** What the server counts of itself, for `/metrics`. No figure names an account, a record or an address. */
export interface Metrics {
  readonly contentType: string
  /** The Prometheus text. */
  text(): Promise<string>
  request(figures: RequestFigures): void
  mutations(outcomes: OutcomeCounts): void
  pulled(records: number): void
  signInRefused(status: number): void
  readonly write: ObserveWrite
  /** Adds those of the process itself (memory, CPU, event loop); once a process, as its observers never end. */
  withProcess(): void
}

/** Metrics in a registry of their own, so that a process may hold many apps. */
export function createMetrics(openStreams: () => number): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Counter({
    name: 'pawkit_http_requests_total',
    help: 'HTTP requests answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'pawkit_http_request_duration_seconds',
    help: 'Time until an answer began; of a stream, until it was open.',
    labelNames: ['method', 'route'],
    buckets: HTTP_SECONDS,
    registers,
  })
  const mutations = new Counter({
    name: 'pawkit_mutations_total',
    help: 'Mutations pushed, by the outcome answered; one that is sent again counts again.',
    labelNames: ['outcome'],
    registers,
  })
  // From the start, so that the first of a kind shows as a rise.
  for (const { entries } of Outcome.options) mutations.inc({ outcome: entries.outcome.literal }, 0)
  const pulled = new Counter({
    name: 'pawkit_pulled_records_total',
    help: 'Records sent to devices that pulled.',
    registers,
  })
  const refusals = new Counter({
    name: 'pawkit_sign_in_refusals_total',
    help: 'Sign-ins refused, by status: 401 is a wrong address or password, 429 too many attempts.',
    labelNames: ['status'],
    registers,
  })
  const writes = new Histogram({
    name: 'pawkit_database_write_duration_seconds',
    help: 'Write transactions, from asking for the lock to the end on disk.',
    labelNames: ['result'],
    buckets: WRITE_SECONDS,
    registers,
  })
  new Gauge({
    name: 'pawkit_open_streams',
    help: 'Devices that listen for changes.',
    registers,
    collect() {
      this.set(openStreams())
    },
  })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    request({ seconds, method, route, status }) {
      requests.inc({ method, route, status })
      durations.observe({ method, route }, seconds)
    },
    mutations(outcomes) {
      for (const [outcome, count] of Object.entries(outcomes)) mutations.inc({ outcome }, count)
    },
    pulled: (records) => pulled.inc(records),
    signInRefused: (status) => refusals.inc({ status }),
    write: (seconds, result) => writes.observe({ result }, seconds),
    withProcess: () => collectDefaultMetrics({ register: registry }),
  }
}
