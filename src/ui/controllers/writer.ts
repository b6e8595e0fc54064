import type { Write } from '../../core/messages.ts'
import type { Change } from '../../core/write.ts'
import { type Committed, commit } from '../../store/commit.ts'
import type { Database, Durability } from '../../store/database.ts'
import { OtherLibrary } from '../../store/library.ts'
import type { WriteResult } from '../model.ts'

/** A commit, or why there was none. */
export type Written =
  | Committed
  | { readonly is: 'other-library' }
  | { readonly is: 'storage'; readonly message: string }

/**
 * The page's hand at the write path. Every write begins its transaction in the caller's task; what is not
 * committed yet is known, so that a dying page can hand it to the worker.
 */
export class Writer {
  readonly #db: Database
  readonly #page: string
  readonly #now: () => number
  readonly #open = new Map<number, Write>()
  #number = 0
  library: string

  constructor(db: Database, library: string, page: string, now: () => number) {
    this.#db = db
    this.library = library
    this.#page = page
    this.#now = now
  }

  /** Writes that have begun and are not committed, oldest first. */
  uncommitted(): Write[] {
    return [...this.#open.values()]
  }

  async write(change: Change, durability: Durability): Promise<Written> {
    const number = ++this.#number
    const write: Write = { ...change, library: this.library, page: this.#page, number, now: this.#now() }
    this.#open.set(number, write)
    try {
      return await commit(this.#db, write, durability)
    } catch (error) {
      if (error instanceof OtherLibrary) return { is: 'other-library' }
      return { is: 'storage', message: storageMessage(error) }
    } finally {
      this.#open.delete(number)
    }
  }
}

/** As the elements see it. */
export function resultOf(committed: Written): WriteResult {
  switch (committed.is) {
    case 'written':
      return { is: 'written', record: committed.record }
    case 'invalid':
      return { is: 'invalid', problems: committed.problems }
    case 'duplicate':
      return { is: 'duplicate', record: committed.record }
    case 'other-library':
    case 'storage':
      return committed
    case 'missing':
      return { is: 'storage', message: 'the record is not on this device any more.' }
  }
}

function storageMessage(error: unknown): string {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'QuotaExceededError') return 'this device has no room left for Pawkit.'
  return 'the library on this device cannot be written just now.'
}
