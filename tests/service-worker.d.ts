/** As much of a worker's scope as sw/ asks for: tests are checked with the page's types, which have none. */
interface WorkerEvent extends Event {
  readonly data: unknown
  readonly ports: readonly MessagePort[]
  waitUntil(work: Promise<unknown>): void
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface ServiceWorkerGlobalScope {
  readonly clients: { claim(): Promise<void> }
  readonly navigator: Navigator
  readonly location: Location
  readonly registration: ServiceWorkerRegistration
  readonly serviceWorker?: ServiceWorker
  skipWaiting(): Promise<void>
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void
}
