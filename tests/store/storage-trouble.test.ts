import { describe, expect, test } from 'vitest'
import { OtherLibrary } from '../../src/store/library.ts'
import { fault, type StorageTrouble, troubleOf } from '../../src/store/storage-trouble.ts'

const named = (name: string, message = 'said by the browser'): DOMException => new DOMException(message, name)

describe('storage trouble', () => {
  const known: readonly [unknown, StorageTrouble][] = [
    [named('QuotaExceededError'), 'full'],
    [named('VersionError'), 'newer'],
    [named('InvalidStateError', 'The database connection is closing.'), 'lost'],
    [named('AbortError'), 'lost'],
    [
      named('UnknownError', 'Connection to Indexed Database server lost. Refresh the page to try again'),
      'lost',
    ],
    [named('UnknownError', 'Internal error opening backing store for indexedDB.open.'), 'broken'],
    [named('UnknownError', 'Internal error.'), 'broken'],
    [named('NotReadableError', 'Data lost due to missing file.'), 'broken'],
    [named('NotFoundError', 'One of the specified object stores was not found.'), 'broken'],
    [named('DataError', 'Failed to read large IndexedDB value'), 'broken'],
    [fault('OpeningTimeout'), 'blocked'],
    [fault('Gone'), 'gone'],
  ]
  for (const [error, trouble] of known)
    test(`${String(error)} is “${trouble}”`, () => expect(troubleOf(error)).toBe(trouble))

  test('an error of our own code is no trouble of the storage', () => {
    for (const error of [new TypeError('x'), new OtherLibrary(), 'a string', null, undefined])
      expect(troubleOf(error)).toBe(null)
  })

  test('what a program does wrong at the database shuts nobody out', () => {
    for (const name of ['ConstraintError', 'DataCloneError', 'TransactionInactiveError', 'constructor'])
      expect(troubleOf(named(name))).toBe(null)
  })
})
