import type { Excerpt } from '../core/excerpt.ts'
import type { Fields } from '../core/records.ts'
import type { Keeps } from '../store/schema.ts'
import type { WriteResult } from './model.ts'

/** What one field became, ready to be read. */
export interface FieldPart {
  readonly field: string
  /** "Title", "Tags". */
  readonly label: string
  readonly is:
    | { readonly is: 'text'; readonly excerpt: Excerpt }
    | { readonly is: 'set'; readonly added: readonly string[]; readonly removed: readonly string[] }
    /** A sentence: "Pinned". */
    | { readonly is: 'words'; readonly words: string }
}

/** Values to put back, and when they were the record's, ms. */
export interface PutBack {
  readonly fields: Fields
  readonly at: number
}

/** One entry of a record's version history. */
export interface HistoryItem extends PutBack {
  readonly key: string
  /** "You", or a name. */
  readonly who: string
  /** "Phone", "this device"; '' where it is not known. */
  readonly where: string
  /** What sort of entry it is, in words, where it is not simply a version: "Before an automatic merge". */
  readonly says: string | null
  /** A version that the record had, or a value that did not make it into the record. */
  readonly is: 'version' | 'aside'
  /** What `Undo this merge` puts back: what this device had before an automatic merge, its own or another device's. */
  readonly undo: PutBack | null
  /** The record is like this now. */
  readonly now: boolean
  /** What differs from the version before it, or, where that is not here, from the record as it is now. */
  readonly parts: readonly FieldPart[]
  readonly comparedWith: 'before' | 'now'
}

/** How far the server's part of the history has been read. */
export type ServerSide =
  | { readonly is: 'reading' }
  | { readonly is: 'read' }
  /** Why it is not here, in words, and whether trying again may help. */
  | { readonly is: 'missing'; readonly why: string; readonly again: boolean }

/** One record's history while somebody looks at it. Says `change`. */
export interface OpenHistory extends EventTarget {
  /** Newest first. */
  readonly items: readonly HistoryItem[]
  readonly server: ServerSide
  /** There are older versions at the server. */
  readonly more: boolean
  /** They are being read. */
  readonly readingOlder: boolean
  /** Why they could not be read just now, in words; null: nothing was in the way. */
  readonly noOlder: string | null
  older(): Promise<void>
  again(): Promise<void>
  /** As an ordinary edit; a notice names the record and offers `Undo`. `same`: the record is like that already. */
  restore(values: PutBack): Promise<WriteResult | 'same'>
  /** Ends what is still being read. */
  close(): void
}

export interface HistoryActions {
  /** What this device has is in it at once; the server's part follows. */
  open(id: string): Promise<OpenHistory>
  /** How long this device keeps what it put aside. */
  keeps(): Promise<Keeps>
  /** From the next time on that it tidies up. */
  keep(keeps: Keeps): Promise<void>
}

export type { Keeps }
/** Where nobody has chosen. */
export const KEPT: Keeps = '90'
export const KEEPS: readonly Keeps[] = ['90', '365', 'always']
