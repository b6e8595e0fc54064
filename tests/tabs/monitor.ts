import { setTimeout as pass } from 'node:timers/promises'
import type { CDPSession, Page } from '@playwright/test'
import { within } from '../chaos/limit.ts'
import type { TabsBrowser } from './browser.ts'
import { Judge, type Snapshot } from './judge.ts'

const EVERY = 50
const LIMIT = 15_000
/** A page of this origin that is none of the app's, and so no session. */
const BARE = '/nothing-here.txt'

interface Look {
  readonly snapshot: Snapshot
  readonly newest: number
}

/** Looks at store and locks from a page that is no session, some 20 times a second, and has each look judged. */
export class Monitor {
  readonly page: Page
  readonly judge = new Judge(EVERY)
  /** Sessions whose pages are frozen or hang. */
  readonly frozen = new Set<string>()
  readonly #session: CDPSession
  readonly #note: string
  #over = false
  #newest = 0
  #watching: Promise<void> = Promise.resolve()
  #waiting: (() => void)[] = []

  private constructor(page: Page, session: CDPSession, note: string) {
    this.page = page
    this.#session = session
    this.#note = note
  }

  /** @param note whose text is looked at */
  static async start(browser: TabsBrowser, origin: string, note: string): Promise<Monitor> {
    const page = await browser.page(origin + BARE, 'window')
    const monitor = new Monitor(page, await browser.session(page), note)
    await monitor.#session.send('ServiceWorker.enable')
    await monitor.#look()
    monitor.#watching = monitor.#watch()
    // Reported by `stop`.
    monitor.#watching.catch(() => {})
    return monitor
  }

  async stop(): Promise<void> {
    this.#over = true
    await this.#watching
    this.judge.end()
  }

  get now(): Snapshot {
    const { last } = this.judge
    if (!last) throw new Error('Nobody has looked yet.')
    return last
  }

  /** Looks until it is so. @returns how long it took, ms; null: longer than `limit` */
  async until(limit: number, so: (now: Snapshot) => boolean): Promise<number | null> {
    const began = Date.now()
    for (;;) {
      await Promise.race([this.#next(), this.#watching, pass(Math.max(0, began + limit - Date.now()))])
      // Of a look that began before, nothing follows.
      if (this.now.at >= began && so(this.now)) return this.now.at - began
      if (Date.now() - began > limit) return null
    }
  }

  /** Ends every service worker of the browser as a crash would. */
  async killWorkers(): Promise<void> {
    await within(LIMIT, 'ending the worker', this.#session.send('ServiceWorker.stopAllWorkers'))
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async #watch(): Promise<void> {
    while (!this.#over) {
      await pass(EVERY)
      await this.#look()
      for (const resolve of this.#waiting.splice(0)) resolve()
    }
  }

  async #look(): Promise<void> {
    const args = [this.#note, this.#newest] as const
    const { snapshot, newest } = await within(LIMIT, 'a look at the store', this.page.evaluate(look, args))
    this.#newest = newest
    this.judge.add(snapshot, this.frozen)
  }
}

/** Runs in the page. The row is read first, as by those who give the right: whoever stands in it held its lock before. */
async function look([note, after]: readonly [string, number]): Promise<Look> {
  const kept = globalThis as { pawkitMonitor?: Promise<IDBDatabase> }
  kept.pawkitMonitor ??= new Promise((resolve, reject) => {
    const opening = indexedDB.open('pawkit')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      opening.result.onversionchange = () => opening.result.close()
      resolve(opening.result)
    }
  })
  const db = await kept.pawkitMonitor
  const tx = db.transaction(['session', 'writers', 'journal', 'records', 'drafts'])
  const got = <T>(request: IDBRequest): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onerror = () => reject(request.error)
      request.onsuccess = () => resolve(request.result as T)
    })
  const newer = IDBKeyRange.lowerBound(after, true)
  const journal = tx.objectStore('journal')
  const [right, writers, rows, keys, record, drafts] = await Promise.all([
    got<Snapshot['right'] | undefined>(tx.objectStore('session').get('session')),
    got<Snapshot['writers']>(tx.objectStore('writers').getAll()),
    got<{ at: number; event: { what: string; epoch?: number } }[]>(journal.getAll(newer)),
    got<number[]>(journal.getAllKeys(newer)),
    got<{ fields: { content?: string } } | undefined>(tx.objectStore('records').get(note)),
    got<{ recordId: string; typed: { content?: string } }[]>(tx.objectStore('drafts').getAll()),
  ])
  const { held = [] } = await navigator.locks.query()
  return {
    newest: keys.at(-1) ?? after,
    snapshot: {
      at: Date.now(),
      right: { active: right?.active ?? null, epoch: right?.epoch ?? 0 },
      held: held.map(({ name }) => name ?? ''),
      writers: writers.map(({ page, epoch, numbers }) => ({ page, epoch, numbers })),
      written: rows.flatMap(({ at, event: { what, epoch } }) =>
        epoch === undefined || what === 'control-taken' ? [] : [{ at, epoch }],
      ),
      text: record?.fields.content ?? '',
      drafts: drafts.filter(({ recordId }) => recordId === note).map(({ typed }) => typed.content ?? ''),
    },
  }
}
