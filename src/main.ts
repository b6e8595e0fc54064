import { uuidV7 } from './core/ids.ts'
import { Database, OpeningTimeout } from './store/database.ts'
import { openLibrary, readDevice } from './store/library.ts'
import { PokeStream } from './stream.ts'
import { PawkitModel } from './ui/controllers/page-model.ts'
import { WorkerClient } from './worker-client.ts'
import './ui/app-shell.ts'
import './ui/pages/insecure.ts'
import './ui/pages/trouble.ts'

/** Composition root of the page: opens the store, builds the model, mounts the app, registers the worker. */
const now = (): number => Date.now()
const newId = (): string => uuidV7(now(), crypto.getRandomValues(new Uint8Array(16)))
/** In development the plugin serves the worker as a module under an address of its own. */
const WORKER = import.meta.env.DEV ? '/dev-sw.js?dev-sw' : '/sw.js'
const VISIBLE_CHECK = 45_000

async function start(): Promise<void> {
  if (!window.isSecureContext || !('serviceWorker' in navigator)) {
    document.body.append(document.createElement('pawkit-insecure'))
    return
  }
  const db = await Database.open({
    blocked: () =>
      model?.notify('alert', 'Pawkit is open in an older tab. Close that tab or reload it to go on.'),
    superseded: () =>
      model?.notify('alert', 'A newer version of Pawkit is open in another tab. Reload this one.', {
        label: 'Reload',
        run: () => location.reload(),
      }),
  })
  const library = await openLibrary(db, newId())
  const worker = new WorkerClient(WORKER)
  const stream = new PokeStream(() => worker.wake('poke'))
  const opened = await PawkitModel.open({ db, library, worker, stream, now, newId })
  model = opened
  const app = document.createElement('pawkit-app')
  app.model = opened
  document.body.append(app)
  listen(opened, worker)
  await worker.start((await readDevice(db, 'sync-tag'))?.tag ?? 0)
}

let model: PawkitModel | null = null

/** The page's own moments; none of them is `beforeunload`, which phones do not fire. */
function listen(opened: PawkitModel, worker: WorkerClient): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') opened.handOver()
    else void opened.comeBack()
  })
  window.addEventListener('pagehide', () => opened.handOver())
  window.addEventListener('pageshow', (event) => event.persisted && void opened.comeBack())
  window.addEventListener('online', () => {
    worker.wake('online')
    void opened.refresh()
  })
  window.addEventListener('offline', () => void opened.refresh())
  setInterval(
    () => {
      if (document.visibilityState === 'visible' && navigator.onLine) worker.wake('timer')
    },
    VISIBLE_CHECK * (0.9 + Math.random() * 0.2),
  )
}

start().catch((error: unknown) => {
  if (model) throw error
  const trouble = document.createElement('pawkit-trouble')
  trouble.reason =
    error instanceof OpeningTimeout
      ? 'Another tab with an older Pawkit keeps it closed.'
      : 'The browser could not open its storage.'
  document.body.append(trouble)
})
