import { Queue } from 'workbox-background-sync'
import { SYNC_QUEUES } from '../src/core/messages.ts'
import type { Engine, EngineWorld } from './engine.ts'
import { onSync } from './sync-event.ts'

/**
 * The three tags of Background Sync, as Workbox queues whose `onSync` drains our outbox. Their own store of
 * requests is not used: it forgets a request before it is sent, and takes a 500 for success.
 */
export function listenForSync(engine: Engine, world: EngineWorld, isActive: () => boolean): void {
  SYNC_QUEUES.forEach((name, index) => {
    new Queue(name, { onSync: () => onSync(engine, world, isActive, index) })
  })
}
