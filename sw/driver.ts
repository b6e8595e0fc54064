import type { JournalEvent } from '../src/core/journal.ts'
import { readMessage, type ToWorker, type WakeReason, type Write } from '../src/core/messages.ts'
import { connectionState, figures } from '../src/core/status.ts'
import { isOver } from '../src/core/wait.ts'
import { commitAll, pruneWriters } from '../src/store/commit.ts'
import { OtherLibrary } from '../src/store/library.ts'
import { readSyncState } from '../src/store/read.ts'
import type { Taken } from '../src/store/take-over.ts'
import type { AppFiles } from './caching.ts'
import { type Engine, type EngineWorld, logFault } from './engine.ts'
import { compare, repairRecords } from './verify.ts'

/** A message's `waitUntil` outlives its tab by minutes in every browser (platform.md, 0): it carries the last work. */
const MESSAGE_PATIENCE = 60_000
const ONLINE_JITTER = 2000
const A_DAY = 24 * 3600_000

/** Events to engine. The only file that says `waitUntil`; all listeners are added in the worker's first turn. */
export function drive(
  scope: ServiceWorkerGlobalScope,
  engine: Engine,
  world: EngineWorld,
  isActive: () => boolean,
): void {
  const backOnline = returning(engine, world)
  scope.addEventListener('activate', (event) => event.waitUntil(activated(scope, engine, world)))
  scope.addEventListener('message', (event) => {
    const message = readMessage<ToWorker>(event.data)
    if (message?.type === 'SKIP_WAITING') event.waitUntil(scope.skipWaiting())
    else if (message && isActive())
      event.waitUntil(
        message.type === 'wake' && message.reason === 'online'
          ? backOnline()
          : receive(message, event.ports[0], engine, world),
      )
  })
  scope.addEventListener('online', () => void (isActive() && backOnline()))
  scope.addEventListener('periodicsync', (event) => event.waitUntil(wake(engine, 'periodic-sync')))
}

/** The app's own files: installed whole or not at all, answered from here. */
export function driveFiles(scope: ServiceWorkerGlobalScope, files: AppFiles): void {
  scope.addEventListener('install', (event) => event.waitUntil(files.install()))
  scope.addEventListener('activate', (event) => event.waitUntil(files.clear()))
  scope.addEventListener('fetch', (event) => {
    const answer = files.answer(event.request)
    if (answer) event.respondWith(answer)
  })
}

/** Pages that want to write ask here who may. */
export function driveRights(
  scope: ServiceWorkerGlobalScope,
  isActive: () => boolean,
  now: () => number,
  give: (message: Extract<ToWorker, { type: 'right' }>) => Promise<Taken>,
): void {
  scope.addEventListener('message', (event) => {
    const message = readMessage<ToWorker>(event.data)
    if (message?.type !== 'right' || !isActive() || (message.until ?? Infinity) < now()) return
    event.waitUntil(give(message).then((taken) => event.ports[0]?.postMessage(taken)))
  })
}

async function activated(scope: ServiceWorkerGlobalScope, engine: Engine, world: EngineWorld): Promise<void> {
  // The first visit is controlled at once, so that its closing tab can already hand its last letters over.
  await scope.clients.claim()
  await pruneWriters(await world.database(), world.now() - A_DAY)
  // Not awaited: activation must not wait for the network, or pages would.
  void wake(engine, 'activated')
}

/**
 * Everybody on one train gets the network back in one second; the server should not get them so. The worker and each of
 * its pages hear of it: the first begins a round early, the others only have it look whether something is left.
 */
function returning(engine: Engine, world: EngineWorld): () => Promise<void> {
  let heard = { start: 0, length: 0 }
  let soon: Promise<void> | null = null
  return () => {
    if (soon) return soon
    if (!isOver(heard, world.now())) return wake(engine, 'changed')
    heard = { start: world.now(), length: ONLINE_JITTER }
    soon = world.sleep(world.random() * ONLINE_JITTER, new AbortController().signal).then(() => {
      soon = null
      return wake(engine, 'online')
    })
    return soon
  }
}

const wake = (engine: Engine, reason: WakeReason): Promise<void> => engine.wake(reason, MESSAGE_PATIENCE)

async function receive(
  message: Exclude<ToWorker, { type: 'SKIP_WAITING' }>,
  port: MessagePort | undefined,
  engine: Engine,
  world: EngineWorld,
): Promise<void> {
  switch (message.type) {
    case 'wake':
      return wake(engine, message.reason)
    case 'last-letters':
      await commitLetters(message.writes, world)
      return wake(engine, 'hidden')
    case 'flush':
      await wake(engine, 'sync-now')
      port?.postMessage(await status(world))
      return
    case 'compare':
      port?.postMessage(await compare(engine, world, message.request))
      return
    case 'repair':
      port?.postMessage(await repairRecords(engine, world, message.library, message.ids))
      return
    case 'status':
      port?.postMessage(await status(world))
      return
    case 'abort':
      engine.abort()
      port?.postMessage(null)
  }
}

/** In one transaction: a browser that closes soon after its tab gives no time for one a key. */
async function commitLetters(writes: readonly Write[], world: EngineWorld): Promise<void> {
  const lines = new Map<string, Extract<JournalEvent, { what: 'written' }>>()
  for (const library of new Set(writes.map((write) => write.library))) {
    const ofOne = writes.filter((write) => write.library === library)
    try {
      for (const [at, done] of (await commitAll(await world.database(), ofOne, 'strict')).entries()) {
        // A draft now, and its tab may be gone: another offers it. Not said of nothing, for what is said puts a page out
        // of the back-forward cache.
        if (done.is === 'fenced') world.announce({ v: 1, type: 'right-changed' })
        if (done.is !== 'written' || !done.changed) continue
        const record = done.record.id
        const writes = (lines.get(record)?.writes ?? 0) + 1
        lines.set(record, { what: 'written', record, epoch: (ofOne[at] as Write).epoch, writes })
      }
    } catch (error) {
      // The library was replaced meanwhile: these letters were the other person's.
      if (!(error instanceof OtherLibrary)) logFault(world, error)
    }
  }
  for (const line of lines.values()) world.journal.add(line)
  if (lines.size > 0) world.announce({ v: 1, type: 'records-changed', ids: [...lines.keys()] })
}

async function status(world: EngineWorld) {
  const state = await readSyncState(await world.database())
  const facts = {
    hasAccount: state.library?.account != null,
    connection: state.connection,
    running: await world.running(),
    online: world.online(),
  }
  return {
    v: 1,
    type: 'status',
    figures: figures(state.entries, facts),
    connection: connectionState(facts),
    records: state.records,
  }
}
