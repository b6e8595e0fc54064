/** Background Sync is not in TypeScript's WebWorker library. */
interface SyncManager {
  register(tag: string): Promise<void>
}
interface ServiceWorkerRegistration {
  readonly sync?: SyncManager
}
interface PeriodicSyncEvent extends ExtendableEvent {
  readonly tag: string
}
interface ServiceWorkerGlobalScopeEventMap {
  periodicsync: PeriodicSyncEvent
}
