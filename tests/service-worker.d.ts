/** As much of a worker's scope as sw/ asks for: tests are checked with the page's types, which have none. */
interface WorkerEvent extends Event {
  readonly data: unknown
  readonly ports: readonly MessagePort[]
  waitUntil(work: Promise<unknown>): void
}
interface ServiceWorkerGlobalScope {
  readonly clients: { claim(): Promise<void> }
  readonly navigator: Navigator
  readonly registration: ServiceWorkerRegistration
  readonly serviceWorker?: ServiceWorker
  skipWaiting(): Promise<void>
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void
}
