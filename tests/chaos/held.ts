import type { Page } from '@playwright/test'

interface Row {
  readonly id: string
  readonly kind: string
  readonly version: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** All that a device holds, read from its own database. */
export interface Held {
  readonly records: readonly Row[]
  /** Values that lost a merge here. */
  readonly lost: readonly { readonly recordId: string; readonly value: unknown }[]
  readonly outbox: readonly unknown[]
  readonly cursor: number
}

export async function readDevice(page: Page): Promise<Held> {
  return page.evaluate(async (): Promise<Held> => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('pawkit')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => resolve(opening.result)
    })
    const tx = db.transaction(['records', 'history', 'outbox', 'meta'])
    const all = <T>(store: string): Promise<T[]> =>
      new Promise((resolve, reject) => {
        const got = tx.objectStore(store).getAll()
        got.onerror = () => reject(got.error)
        got.onsuccess = () => resolve(got.result as T[])
      })
    try {
      const [records, lost, outbox, meta] = await Promise.all([
        all<Row>('records'),
        all<Held['lost'][number]>('history'),
        all('outbox'),
        all<{ key: string; cursor?: number }>('meta'),
      ])
      const cursor = meta.find(({ key }) => key === 'library')?.cursor ?? 0
      return {
        records: records.map(({ id, kind, version, fields }) => ({ id, kind, version, fields })),
        lost: lost.map(({ recordId, value }) => ({ recordId, value })),
        outbox,
        cursor,
      }
    } finally {
      db.close()
    }
  })
}

/** Made and deleted before it was ever sent: it stays in this device's Trash, and nobody else hears of it. */
export const isOnlyHere = ({ version, fields }: Row): boolean => version === 0 && fields.deleted === true

/** The same for the same records, whatever the order of rows and keys. */
export function digest(records: readonly Row[]): string {
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, each]) => [key, sorted(each)]),
        )
      : value
  return records
    .filter((row) => !isOnlyHere(row))
    .map(({ id, kind, version, fields }) => JSON.stringify(sorted({ id, kind, version, fields })))
    .sort()
    .join('\n')
}
