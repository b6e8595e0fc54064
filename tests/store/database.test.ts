import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Database } from '../../src/store/database.ts'
import { openLibrary, readDevice, writeDevice } from '../../src/store/library.ts'
import { DATABASE_VERSION } from '../../src/store/schema.ts'
import { watchFailures } from '../../src/store/watch-failures.ts'

const NAME = 'library'
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

/** Another context that holds the database open at a version, and lets go when asked, or does not. */
function hold(version: number, letsGo: boolean): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, version)
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      if (letsGo) request.result.onversionchange = () => request.result.close()
      resolve(request.result)
    }
  })
}

/** A library as version 1 of the database made it, one row a store, held open. */
function olderLibrary(): Promise<IDBDatabase> {
  const paths = { records: 'id', bases: 'id', outbox: 'id', drafts: 'id', meta: 'key', session: 'key' }
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onerror = () => reject(request.error)
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(paths))
        request.result.createObjectStore(name, { keyPath }).put({ [keyPath]: 'one' })
    }
    request.onsuccess = () => resolve(request.result)
  })
}

describe('Database', () => {
  test('a lost connection is reopened once, and the work is done', async () => {
    const db = await Database.open({}, NAME)
    await writeDevice(db, { key: 'sync-tag', tag: 1 })
    db.close()
    expect(await readDevice(db, 'sync-tag')).toEqual({ key: 'sync-tag', tag: 1 })
    const connection = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    })
    expect(await readDevice(db, 'sync-tag')).toEqual({ key: 'sync-tag', tag: 1 })
    connection.mockImplementation(() => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    })
    await expect(readDevice(db, 'sync-tag')).rejects.toThrow('closing')
    connection.mockRestore()
  })

  test('an error of the work is handed on as it is, and the transaction undone', async () => {
    const db = await Database.open({}, NAME)
    const work = db.run(['device'], 'readwrite', async (tx) => {
      await tx.objectStore('device').put({ key: 'sync-tag', tag: 1 })
      throw new RangeError('mine')
    })
    await expect(work).rejects.toThrow(RangeError)
    expect(await readDevice(db, 'sync-tag')).toBe(null)
  })

  test('the transaction’s own error is the one that is reported', async () => {
    const db = await Database.open({}, NAME)
    const work = db.run(['device'], 'readwrite', async (tx) => {
      await tx.objectStore('device').add({ key: 'sync-tag', tag: 1 })
      await tx.objectStore('device').add({ key: 'sync-tag', tag: 2 })
    })
    await expect(work).rejects.toMatchObject({ name: 'ConstraintError' })
  })

  test('the library’s id is made once', async () => {
    const db = await Database.open({}, NAME)
    const ids = await Promise.all(['a', 'b', 'c'].map((id) => openLibrary(db, id)))
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1)
  })

  test('a newer version that wants to upgrade gets the database, and the page is told', async () => {
    const superseded = vi.fn()
    await Database.open({ superseded }, NAME)
    const newer = await hold(DATABASE_VERSION + 1, true)
    expect(superseded).toHaveBeenCalledExactlyOnceWith(DATABASE_VERSION + 1)
    newer.close()
  })

  test('a connection that was reopened lets a newer version have it just so', async () => {
    const superseded = vi.fn()
    const db = await Database.open({ superseded }, NAME)
    db.close()
    await readDevice(db, 'sync-tag')
    const newer = await hold(DATABASE_VERSION + 1, true)
    expect(superseded).toHaveBeenCalledExactlyOnceWith(DATABASE_VERSION + 1)
    newer.close()
    await expect(readDevice(db, 'sync-tag')).rejects.toMatchObject({ name: 'VersionError' })
  })

  test('one that is to be removed is let go of, and the page is told', async () => {
    const superseded = vi.fn()
    await Database.open({ superseded }, NAME)
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(NAME).onsuccess = resolve
    })
    expect(superseded).toHaveBeenCalledExactlyOnceWith(null)
  })

  test('opening behind a context that does not let go ends after its time limit', async () => {
    const frozen = await hold(DATABASE_VERSION, false)
    indexedDB.deleteDatabase(NAME)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const failed = expect(Database.open({}, NAME)).rejects.toMatchObject({ name: 'OpeningTimeout' })
      await vi.advanceTimersByTimeAsync(10_000)
      await failed
    } finally {
      vi.useRealTimers()
      frozen.close()
    }
  })

  test('an upgrade keeps every row of the version before', async () => {
    const before = await olderLibrary()
    before.close()
    const db = await Database.open({}, NAME)
    const stores = ['records', 'bases', 'outbox', 'drafts', 'meta', 'session'] as const
    const counts = await db.run(stores, 'readonly', (tx) =>
      Promise.all(stores.map((name) => tx.objectStore(name).count())),
    )
    expect(counts).toEqual(stores.map(() => 1))
    expect(
      await db.run(['receipts', 'vanishing'], 'readonly', (tx) => tx.objectStore('receipts').count()),
    ).toBe(0)
  })

  test('an older tab that does not let go is named, and the upgrade goes on when it has closed', async () => {
    const older = await olderLibrary()
    const blocked = vi.fn(() => older.close())
    const db = await Database.open({ blocked }, NAME)
    expect(blocked).toHaveBeenCalledOnce()
    expect(await db.run(['outbox'], 'readonly', (tx) => tx.objectStore('outbox').count())).toBe(1)
  })

  test('a database of a newer version is not opened and not touched', async () => {
    const newer = await hold(DATABASE_VERSION + 1, true)
    newer.close()
    await expect(Database.open({}, NAME)).rejects.toMatchObject({ name: 'VersionError' })
  })

  test('a database that was removed while it was open is not begun anew, and nobody is left waiting', async () => {
    const failed = vi.fn()
    const db = await Database.open({}, NAME)
    watchFailures(db, failed)
    await writeDevice(db, { key: 'sync-tag', tag: 1 })
    db.close()
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(NAME).onsuccess = resolve
    })
    await expect(readDevice(db, 'sync-tag')).rejects.toMatchObject({ name: 'Gone' })
    expect(failed).toHaveBeenCalledOnce()
    expect(await indexedDB.databases()).toEqual([])
    await Database.open({}, NAME)
    expect(await readDevice(db, 'sync-tag')).toBe(null)
  })

  test('the worker begins no library', async () => {
    await expect(Database.open({ existing: true }, NAME)).rejects.toMatchObject({ name: 'Gone' })
  })

  test('a transaction that the browser gave up with its connection is done once, on a new one', async () => {
    const db = await Database.open({}, NAME)
    let attempts = 0
    const work = db.run(['device'], 'readwrite', async (tx) => {
      await tx.objectStore('device').put({ key: 'sync-tag', tag: ++attempts })
      // As a forced close does it: from outside, with no error of the work's own.
      if (attempts === 1) tx.abort()
      return attempts
    })
    expect(await work).toBe(2)
    expect(await readDevice(db, 'sync-tag')).toEqual({ key: 'sync-tag', tag: 2 })
  })

  test('no room left is told at once and not tried again; what came before is there', async () => {
    const failed = vi.fn()
    const db = await Database.open({}, NAME)
    watchFailures(db, failed)
    await writeDevice(db, { key: 'sync-tag', tag: 1 })
    const done = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The current transaction exceeded its quota limitations.', 'QuotaExceededError')
    })
    await expect(writeDevice(db, { key: 'sync-tag', tag: 2 })).rejects.toMatchObject({
      name: 'QuotaExceededError',
    })
    expect(done).toHaveBeenCalledOnce()
    done.mockRestore()
    expect(failed).toHaveBeenCalledOnce()
    expect(await readDevice(db, 'sync-tag')).toEqual({ key: 'sync-tag', tag: 1 })
  })
})
