import { ENTRY_FORMAT } from '../../src/core/outbox.ts'
import { DEFAULTS } from '../../src/core/records.ts'

/** The stores of version 1 of the database, as it lies in older profiles. */
const VERSION_1 = [
  ['records', 'id'],
  ['bases', 'id'],
  ['outbox', 'id'],
  ['history', null],
  ['unread', 'seq'],
  ['seen', 'id'],
  ['journal', null],
  ['meta', 'key'],
  ['writers', 'page'],
  ['drafts', 'id'],
  ['session', 'key'],
  ['device', 'key'],
] as const

/**
 * A library as an older Pawkit left it: version 1 of the database, one note that was never sent, no account. Opening
 * it upgrades it, and whoever does may die in the midst of that.
 * @returns when it lies there
 */
export function leaveOlder(
  factory: IDBFactory,
  name: string,
  note: { readonly id: string; readonly content: string; readonly library: string; readonly now: number },
): Promise<void> {
  const { id, content, library, now } = note
  const fields = { ...DEFAULTS.note, content }
  const stamps = Object.fromEntries(Object.keys(fields).map((field) => [field, now]))
  const entry = {
    id,
    kind: 'note',
    format: ENTRY_FORMAT,
    since: now,
    wait: { start: now, length: 0 },
    state: { is: 'ready' },
    flight: null,
    parked: null,
  }
  const row = {
    key: 'library',
    id: library,
    account: null,
    cursor: 0,
    mark: null,
    reread: null,
    lastSynced: null,
  }
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1)
    request.onerror = () => reject(request.error)
    request.onupgradeneeded = () => {
      const db = request.result
      for (const [store, keyPath] of VERSION_1)
        db.createObjectStore(store, keyPath === null ? { autoIncrement: true } : { keyPath })
      const records = request.transaction?.objectStore('records')
      records?.createIndex('urlKey', 'urlKey')
      records?.createIndex('formerId', 'fields.formerIds', { multiEntry: true })
      request.transaction?.objectStore('history').createIndex('recordId', 'recordId')
      records?.put({ id, kind: 'note', version: 0, fields, stamps })
      request.transaction?.objectStore('outbox').put(entry)
      request.transaction?.objectStore('meta').put(row)
    }
    request.onsuccess = () => {
      request.result.close()
      resolve()
    }
  })
}
