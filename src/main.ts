import { beginAwake } from './begin-awake.ts'
import { deviceName } from './core/device-name.ts'
import { uuidV7 } from './core/ids.ts'
import { Persistence } from './persistence.ts'
import { Presence } from './presence.ts'
import { Database } from './store/database.ts'
import { beginName } from './store/device-name.ts'
import { openLibrary, readDevice } from './store/library.ts'
import { salvage } from './store/salvage.ts'
import { troubleOf } from './store/storage-trouble.ts'
import { takeUpUnread } from './store/unread.ts'
import { watchFailures } from './store/watch-failures.ts'
import { PokeStream } from './stream.ts'
import { PawkitModel } from './ui/controllers/page-model.ts'
import { checkWhileVisible } from './ui/controllers/visible-check.ts'
import { TAKE_CONTROL } from './ui/session-model.ts'
import { UpdateOffer, versionAt } from './update-offer.ts'
import { WorkerClient } from './worker-client.ts'
import './ui/app-shell.ts'
import './ui/pages/insecure.ts'
import type { PawkitTrouble } from './ui/pages/trouble.ts'
import './ui/pages/trouble.ts'
import type { StartTrouble } from './ui/trouble-words.ts'

/** Composition root of the page: opens the store, builds the model, mounts the app, registers the worker. */
const now = (): number => Date.now()
const newId = (): string => uuidV7(now(), crypto.getRandomValues(new Uint8Array(16)))
/** In development the plugin serves the worker as a module under an address of its own. */
const WORKER = import.meta.env.DEV ? '/dev-sw.js?dev-sw' : '/sw.js'
/** Opening takes milliseconds; after this long a person wants to know why it does not. */
const PATIENCE = 1500
const LOST =
  'The browser lost the library that was on this device and has begun an empty one. What is on the server comes back when you sign in.'
const persistence = new Persistence({ manager: navigator.storage, memory: () => localStorage })
const world = { persistence, tabMemory: () => sessionStorage, now, newId }

async function start(): Promise<void> {
  if (!window.isSecureContext || !('serviceWorker' in navigator)) {
    document.body.append(document.createElement('pawkit-insecure'))
    return
  }
  const presence = new Presence(newId)
  comesAndGoes(presence)
  // First: a page that reloads is back among the sessions before another takes its right.
  void presence.claim()
  const library = await openedLibrary()
  const { db } = library
  const update = new UpdateOffer(
    () => localStorage,
    () => versionAt(WORKER),
  )
  const worker = new WorkerClient(WORKER, update)
  // One that holds what is nowhere else goes on with the new worker.
  worker.addEventListener('replaced', () => model?.rescue.holds || location.reload())
  await presence.claim()
  const name = async (): Promise<string> => (await readDevice(db, 'name'))?.name ?? ''
  const stream = new PokeStream(() => worker.wake('poke'), name)
  const opened = await PawkitModel.open({ ...library, ...world, worker, update, stream, presence })
  model = opened
  const app = document.createElement('pawkit-app')
  app.model = opened
  document.body.append(app)
  await app.updateComplete
  listen(opened, worker, update)
  if (document.hasFocus() && opened.tabs.control !== 'active') void opened.tabs.focused()
  if (new URLSearchParams(location.search).has(TAKE_CONTROL)) void takeControl(opened)
  if (opened.records.size > 0) persistence.hold()
  if (library.lost) opened.notify('alert', LOST)
  await beginName(db, deviceName(navigator.userAgent))
  // It rejects where the library is another one by now, and that one has nothing of this.
  await takeUpUnread(db, library.library.id).catch(() => false)
  await worker.start((await readDevice(db, 'sync-tag'))?.tag ?? 0)
  // What fails here is tried at the next start; nobody waits for it.
  quietly(() => {
    void opened.history.tidy().catch(() => {})
    void opened.devices.start().catch(() => {})
  })
}

/** Opened for that; once, and not again at a reload. */
async function takeControl({ tabs }: PawkitModel): Promise<void> {
  history.replaceState(history.state, '', location.pathname)
  // What fails here the banner offers again.
  await tabs.takeControl().catch(() => false)
}

/** When the page has nothing else to do; Safari does not say when that is. */
function quietly(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work)
  else setTimeout(work, PATIENCE)
}

/** Opens the store; where that takes long, says what it waits for. */
async function openedLibrary() {
  const waiting = trouble('blocked', true)
  const soon = setTimeout(() => document.body.append(waiting), PATIENCE)
  try {
    const db = await Database.open({
      blocked: () => document.body.append(waiting),
      // One that is to be removed is found gone by whoever asks for it next.
      superseded: (wanted) => wanted !== null && model?.rescue.enter('newer'),
    })
    beginAwake(db, window)
    watchFailures(db, (error) => model?.rescue.failed(error))
    const id = newId()
    const library = await openLibrary(db, id, newId())
    return { db, library, lost: library.id === id && persistence.held }
  } finally {
    clearTimeout(soon)
    waiting.remove()
  }
}

function trouble(what: StartTrouble, waiting = false): PawkitTrouble {
  const page = document.createElement('pawkit-trouble')
  page.trouble = what
  page.waiting = waiting
  return page
}

let model: PawkitModel | null = null

/** Heard from the first task on: a page can go into the cache, and be back, while it still opens. */
function comesAndGoes(presence: Presence): void {
  window.addEventListener('pagehide', () => presence.leave())
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    if (!model) return void presence.claim()
    void model.tabs.comeBack()
    void model.comeBack()
  })
  document.addEventListener('freeze', () => model?.tabs.freeze())
}

/** The page's own moments; none of them is `beforeunload`, which phones do not fire. */
function listen(opened: PawkitModel, worker: WorkerClient, update: UpdateOffer): void {
  document.addEventListener('visibilitychange', () => {
    void opened.tabs.shown()
    if (document.visibilityState === 'hidden') opened.handOver()
    else {
      update.look()
      void opened.comeBack()
    }
  })
  window.addEventListener('pagehide', () => {
    opened.handOver()
    worker.announce({ v: 1, type: 'right-changed' })
  })
  window.addEventListener('storage', () => update.look())
  window.addEventListener('focus', () => void opened.tabs.focused())
  window.addEventListener('blur', () => opened.tabs.blurred())
  document.addEventListener('resume', () => void opened.tabs.shown())
  window.addEventListener('online', () => {
    worker.wake('online')
    update.look()
    void opened.refresh()
  })
  window.addEventListener('offline', () => void opened.refresh())
  const check = {
    visible: () => document.visibilityState === 'visible',
    online: () => navigator.onLine,
    wake: () => worker.wake('timer'),
    refresh: () => opened.refresh(),
  }
  checkWhileVisible(check, Math.random())
}

/** Never a blank page: what can still be read is offered as a file. */
async function stopped(error: unknown): Promise<void> {
  reportError(error)
  const app = document.querySelector('pawkit-app')
  // The app is there and shows what happened, or works without its worker as before it had one.
  if (app?.hasUpdated) return
  app?.remove()
  const page = trouble(model ? 'stopped' : (troubleOf(error) ?? 'stopped'))
  document.body.append(page)
  page.records = model ? [...model.records.values()].map(({ record }) => record) : await salvage()
}

// A read that nobody waits for fails like any other: the page says so, and the console need not.
window.addEventListener('unhandledrejection', (event) => {
  if (model?.rescue.failed(event.reason)) event.preventDefault()
})
start().catch(stopped)
