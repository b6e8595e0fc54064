import type { Write } from '../../core/messages.ts'
import type { Change } from '../../core/write.ts'
import { type Committed, commit, commitAll } from '../../store/commit.ts'
import type { Database, Durability } from '../../store/database.ts'
import { OtherLibrary } from '../../store/library.ts'
import { type StorageTrouble, troubleOf } from '../../store/storage-trouble.ts'
import type { WriteResult } from '../model.ts'
import { UnsavedWrites } from './unsaved-writes.ts'

/** A commit, or why there was none. */
export type Written =
  | Committed
  | { readonly is: 'other-library' }
  | { readonly is: 'storage'; readonly message: string }

/** What came of a write that was kept. */
export interface Retried {
  readonly write: Write
  readonly committed: Committed
}

/** Who wants to know what comes of writes. */
export interface WriterListener {
  /** A person's change is in the store. */
  saved(): void
  /** The store could not take a write; it is kept here. */
  kept(trouble: StorageTrouble): void
}

/**
 * The page's hand at the write path. Every write begins its transaction in the caller's task; what is not
 * committed yet is known, so that a dying page can hand it to the worker. What the store could not take is kept, and
 * from then on every write is, until `again` has brought them in.
 */
export class Writer {
  readonly #db: Database
  readonly #page: string
  readonly #now: () => number
  readonly #open = new Map<number, Write>()
  readonly #committing = new Set<Promise<unknown>>()
  readonly #unsaved = new UnsavedWrites()
  readonly #listeners = new Set<Partial<WriterListener>>()
  /** Those that `again` is bringing in. */
  #retried: readonly Write[] = []
  #number = 0
  #trouble: StorageTrouble | null = null
  library: string
  /** Under which this page may write; another one in the store means that another tab may. */
  epoch = 0

  constructor(db: Database, library: string, page: string, now: () => number) {
    this.#db = db
    this.library = library
    this.#page = page
    this.#now = now
  }

  listen(listener: Partial<WriterListener>): void {
    this.#listeners.add(listener)
  }

  /** Writes that have begun or failed and are not committed, oldest first. */
  uncommitted(): Write[] {
    const writes = [...this.#retried, ...this.#unsaved.all, ...this.#open.values()]
    return writes.sort((a, b) => a.number - b.number)
  }

  /** When everything that was typed so far is committed or refused. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#committing)
  }

  /** Nothing is tried any more until `again` has gone through; what comes is kept. */
  stop(trouble: StorageTrouble): void {
    this.#trouble = trouble
  }

  async write(change: Change, durability: Durability): Promise<Written> {
    const number = ++this.#number
    const { library, epoch } = this
    const write: Write = { ...change, library, epoch, page: this.#page, number, now: this.#now() }
    if (this.#trouble) return this.#keep(write, this.#trouble)
    this.#open.set(number, write)
    const committing = commit(this.#db, write, durability)
    this.#committing.add(committing)
    try {
      const committed = await committing
      if (committed.is === 'written') this.#wentThrough(write)
      return committed
    } catch (error) {
      if (error instanceof OtherLibrary) return { is: 'other-library' }
      const trouble = troubleOf(error)
      if (trouble) return this.#keep(write, trouble)
      return { is: 'storage', message: 'the library on this device cannot be written just now.' }
    } finally {
      this.#open.delete(number)
      this.#committing.delete(committing)
    }
  }

  /**
   * Tries what was kept once more, each time all of it in one strict transaction, and goes back to writing when nothing
   * is left. Rejects with the transaction's error; all is kept then.
   */
  async again(): Promise<readonly Retried[]> {
    const done: Retried[] = []
    do {
      const writes = this.#unsaved.take()
      this.#retried = writes
      try {
        const committed = await commitAll(this.#db, writes, 'strict')
        done.push(...committed.map((one, index) => ({ write: writes[index] as Write, committed: one })))
      } catch (error) {
        this.#unsaved.keep(...writes)
        throw error
      } finally {
        this.#retried = []
      }
    } while (this.#unsaved.all.length > 0)
    this.#trouble = null
    return done
  }

  #wentThrough(write: Write): void {
    this.#unsaved.wentThrough(write, () => ++this.#number)
    for (const listener of this.#listeners) listener.saved?.()
  }

  #keep(write: Write, trouble: StorageTrouble): Written {
    this.#unsaved.keep(write)
    this.#trouble = trouble
    for (const listener of this.#listeners) listener.kept?.(trouble)
    return { is: 'storage', message: MESSAGES[trouble] }
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
    case 'fenced':
    case 'storage':
      return committed
    case 'missing':
      return { is: 'storage', message: 'the record is not on this device any more.' }
  }
}

const MESSAGES: Readonly<Record<StorageTrouble, string>> = {
  full: 'this device has no room left for Pawkit.',
  lost: 'the browser let go of the library.',
  gone: 'the browser removed the library from this device.',
  newer: 'a newer Pawkit has opened the library.',
  blocked: 'an older tab keeps the library closed.',
  broken: 'the browser cannot write the library.',
}
