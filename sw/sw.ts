import { uuidV7 } from '../src/core/ids.ts'
import { type Announcement, CHANNEL, ENGINE_LOCK } from '../src/core/messages.ts'
import { Database } from '../src/store/database.ts'
import { giveRight } from '../src/store/give-right.ts'
import { Journal } from '../src/store/journal.ts'
import { type AppFile, appFiles } from './caching.ts'
import { drive, driveFiles, driveRights } from './driver.ts'
import { Engine, type EngineWorld } from './engine.ts'
import { createTransport } from './transport.ts'
import { listenForSync } from './triggers.ts'

/** Composition root of the worker: builds the world, creates the engine, adds the listeners in the first turn. */
declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly AppFile[] }

let opened: Promise<Database> | null = null
const channel = new BroadcastChannel(CHANNEL)

/** A worker that waits for its turn opens no database: its version may be newer than what the pages hold open. None begins one. */
function database(): Promise<Database> {
  opened ??= Database.open({ existing: true, superseded: () => (opened = null) })
  opened.catch(() => (opened = null))
  return opened
}

const now = (): number => Date.now()
/** Both are always there; TypeScript's types leave them out, since they serve for both directions. */
type HeldLocks = { readonly held: readonly { readonly name: string }[] }
const heldLocks = async (): Promise<string[]> =>
  ((await self.navigator.locks.query()) as HeldLocks).held.map(({ name }) => name)
const journal = new Journal(database, now)

const world: EngineWorld = {
  database,
  transport: createTransport({ fetch: (input, init) => fetch(input, init), now }),
  now,
  random: () => Math.random(),
  newId: () => uuidV7(now(), crypto.getRandomValues(new Uint8Array(16))),
  online: () => self.navigator.onLine,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          resolve()
        },
        { once: true },
      )
    }),
  alone: (work) => self.navigator.locks.request(ENGINE_LOCK, work),
  running: async () => (await heldLocks()).includes(ENGINE_LOCK),
  journal,
  announce: (announcement: Announcement) => channel.postMessage(announcement),
}

const isActive = (): boolean => {
  const state = self.serviceWorker?.state ?? self.registration.active?.state
  return state === 'activating' || state === 'activated'
}

const engine = new Engine(world)
driveFiles(self, appFiles(self, self.__WB_MANIFEST))
drive(self, engine, world, isActive)
listenForSync(engine, world, isActive)
driveRights(self, isActive, now, async ({ session, wanting }) =>
  giveRight({ db: await database(), heldLocks, channel }, session, wanting),
)
