import { join } from 'node:path'
import type { BrowserContext, Page, Worker } from '@playwright/test'
import { build } from 'vite'
import type { StoreDriver } from './store-driver.ts'

declare global {
  // Put into the page by `driveStore`.
  var pawkitStore: StoreDriver
}

/** A row of the device's own database, read in a page or in the worker; null: none. */
export function readRow(where: Page | Worker, store: string, key: string): Promise<unknown> {
  const read = ([name, id]: [string, string]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open('pawkit')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => {
        const db = opening.result
        const got = db.transaction(name).objectStore(name).get(id)
        got.onerror = () => reject(got.error)
        got.onsuccess = () => {
          db.close()
          resolve(got.result ?? null)
        }
      }
    })
  const args: [string, string] = [store, key]
  return 'goto' in where ? where.evaluate(read, args) : where.evaluate(read, args)
}

/** A field of a record as this device holds it. */
export async function storedField(where: Page | Worker, id: string, field: string): Promise<unknown> {
  const record = (await readRow(where, 'records', id)) as { fields: Record<string, unknown> } | null
  return record?.fields[field] ?? null
}

/** The service worker of the app, which can be asked when no page is open. */
export function workerOf(context: BrowserContext): Worker {
  const [worker] = context.serviceWorkers()
  if (!worker) throw new Error('No service worker runs.')
  return worker
}

let bundled: Promise<string> | null = null

/** The store's own modules, bundled for the page as one script. */
function bundle(): Promise<string> {
  bundled ??= (async () => {
    const built = await build({
      configFile: false,
      logLevel: 'error',
      mode: 'production',
      build: {
        write: false,
        minify: false,
        lib: {
          entry: join(import.meta.dirname, 'store-driver.ts'),
          formats: ['iife'],
          name: 'pawkitStore',
          fileName: 'store',
        },
      },
    })
    const [output] = Array.isArray(built) ? built : [built]
    const chunk = output && 'output' in output ? output.output[0] : undefined
    if (!chunk) throw new Error('The store was not bundled.')
    return chunk.code
  })()
  return bundled
}

/** Makes `pawkitStore` known in the page: writes through the store's own write path. */
export async function driveStore(page: Page): Promise<void> {
  await page.evaluate(`${await bundle()}; globalThis.pawkitStore = pawkitStore; undefined`)
}
