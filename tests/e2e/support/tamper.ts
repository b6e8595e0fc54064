import type { Page } from '@playwright/test'

/** Alters a field of a row of this device behind the app's back. */
export function tamper(page: Page, id: string, field: string, value: string): Promise<void> {
  return page.evaluate(
    ([key, name, text]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('pawkit')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const db = opening.result
          const tx = db.transaction('records', 'readwrite')
          const records = tx.objectStore('records')
          const got = records.get(key)
          got.onsuccess = () => {
            records.put({ ...got.result, fields: { ...got.result.fields, [name]: text } })
          }
          tx.onerror = () => reject(tx.error)
          tx.oncomplete = () => {
            db.close()
            resolve()
          }
        }
      }),
    [id, field, value] as const,
  )
}
