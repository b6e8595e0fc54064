import type { JournalRow } from '../core/journal.ts'
import type { Fields, Kind, RecordState } from '../core/records.ts'
import type { FieldProblem } from '../core/schema.ts'
import type { ConnectionState, Figures, RecordSyncState } from '../core/status.ts'
import type { Repaired } from '../core/verify.ts'
import type { StorageTrouble } from '../store/storage-trouble.ts'

/** That the server has a version of a record, and since when, ms. */
export interface Receipt {
  readonly version: number
  readonly at: number
}

/** A record as the page shows it: the stored record and the truth about its sync. */
export interface RecordView {
  readonly record: RecordState
  readonly state: RecordSyncState
  /** In words, for tooltip and screen reader: "Waiting, saved on this device: it goes with the next network." */
  readonly stateText: string
  /** `gone`: the server has it no more; a person is asked whether to keep it. */
  readonly receipt: Receipt | 'gone' | null
}

export interface Account {
  readonly id: string
  readonly email: string
}

/** One entry of `Failed changes`: what failed, why, and what happens next. */
export interface FailedChange {
  readonly id: string
  readonly kind: string
  readonly title: string
  /** A sentence: the server's reason, or that it does not answer. */
  readonly reason: string
  /** When it failed last, ms. */
  readonly at: number
  readonly attempts: number
  /** When it is tried again by itself, ms; null: only when a person retries or edits it. */
  readonly nextTry: number | null
}

/** All that the page says of sync, read from the store that sync works on (P11). */
export interface SyncSummary {
  readonly connection: ConnectionState
  readonly account: Account | null
  readonly figures: Figures
  /** As many as `figures.failed`, oldest first. */
  readonly failed: readonly FailedChange[]
  /** One sentence for people: "All 214 records are on the server since 14:02." */
  readonly sentence: string
  /** Whether sync goes on with the tab closed, in words (P2: the page says which). */
  readonly backgroundText: string
  /** When sync last finished with nothing left to send, ms; null: never. */
  readonly lastSynced: number | null
  /** When the next attempt is due after a failure, ms; null: none is waiting. */
  readonly nextTry: number | null
  /** "This device's clock is 61 min ahead; it was not used." or null. */
  readonly clockText: string | null
  /** Online, signed in, and yet something has waited for over two minutes: the reason, or null. */
  readonly alarm: string | null
}

/** What came of a write. `written` brings the record as it now is, which may hold another tab's or device's edit too. */
export type WriteResult =
  | { readonly is: 'written'; readonly record: RecordState }
  /** A limit of the contract; nothing was written, the text stays in the editor. */
  | { readonly is: 'invalid'; readonly problems: readonly FieldProblem[] }
  /** The library on this device is another one now (sign-out, change of account). */
  | { readonly is: 'other-library' }
  | { readonly is: 'storage'; readonly message: string }
  /** A new card whose URL a card of this library holds already; that card. */
  | { readonly is: 'duplicate'; readonly record: RecordState }

export type SignInResult =
  | { readonly is: 'signed-in' }
  | { readonly is: 'refused'; readonly message: string }
  /** This device holds another account's library: ask (dialog `Another account's library`). */
  | {
      readonly is: 'other-library'
      readonly email: string
      readonly records: number
      readonly unsynced: number
    }

/** What the dialog `Another account's library` may answer. `export-and-remove` downloads the library first. */
export type OtherLibraryChoice = 'move' | 'export-and-remove' | 'cancel'

export interface Unsynced {
  /** Records with changes that the server does not have. */
  readonly changes: number
  /** Values kept only on this device (losers of merges). */
  readonly keptOnlyHere: number
}

export type NoticeKind = 'status' | 'alert'
export interface Notice {
  readonly id: number
  readonly kind: NoticeKind
  readonly text: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** What a person does with failed changes. */
export interface FailedActions {
  /** Tries failed changes again, all of them where no id is named. */
  retry(id?: string): Promise<void>
  /** Gives a change up: its text goes to version history, a record that was never sent to the Trash. */
  discard(id: string): Promise<void>
  /** Hands the record's text to the clipboard; false where the browser does not allow it. */
  copy(id: string): Promise<boolean>
  /** Hands the record out as a JSON file. */
  exportFile(id: string): void
}

export interface VanishingRecord {
  readonly id: string
  readonly title: string
}

/** Records that would vanish from this device, many at once. Says `look` when a person wants to see them. */
export interface VanishActions extends EventTarget {
  readonly count: number
  look(): void
  read(): Promise<readonly VanishingRecord[]>
  /** Removes those that the person was shown, or sends them to the server whole. */
  answer(answer: 'remove' | 'keep', shown: readonly string[]): Promise<void>
}

/** The sync log. */
export interface LogActions {
  /** Newest first. */
  read(): Promise<readonly JournalRow[]>
  /** Hands it out as a JSON file; it holds no contents. */
  exportFile(): Promise<void>
}

/** What came of `Verify my data`; `repaired` names every record that differed, and what was done with it. */
export type Verified = { readonly repaired: readonly (Repaired & { readonly title: string })[] } & (
  | {
      readonly is: 'compared'
      readonly records: number
      /** Records left out, since the server lacks their changes. */
      readonly waiting: number
      /** ms */
      readonly at: number
    }
  /** `why` in words, with what it needs. */
  | { readonly is: 'unable'; readonly why: string }
)

export interface VerifyActions {
  /** Compares this device with the server and repairs what differs; `step` is told what it does, in words. */
  run(step: (words: string) => void): Promise<Verified>
}

/** A text in an open editor that the store does not have. */
export interface OpenText {
  readonly id: string
  readonly field: string
  readonly text: string
}

/** A text that is only in this page's memory, as a person finds it again. */
export interface RescuedText {
  readonly title: string
  /** What of the record it is: "text", "title", "address". */
  readonly part: string
  readonly text: string
}

/** The library on this device cannot be written for now: what is in memory, and what a person can do. */
export interface RescueActions {
  /** Null: all is well. */
  readonly trouble: StorageTrouble | null
  /** A try is under way. */
  readonly trying: boolean
  readonly texts: readonly RescuedText[]
  /** An editor that is open; the function ends it. */
  follow(editor: () => readonly OpenText[]): () => void
  /** Hands one text, or all of them, to the clipboard; false where the browser does not allow it. */
  copy(text?: RescuedText): Promise<boolean>
  /** Hands everything that the page holds out as a JSON file, with those texts in it. */
  exportLibrary(): void
  /** Opens the store again and stores what was typed; true: all is well again. */
  tryAgain(): Promise<boolean>
}

/** How safe the library is on this device. */
export interface StorageFacts {
  /** The browser will not remove it by itself; null: the browser does not say. */
  readonly persistent: boolean | null
  /** Bytes, as the browser estimates them; null: it does not. */
  readonly used: number | null
  readonly available: number | null
  /** When the oldest change was made that the server does not have, ms; null: there is none. */
  readonly oldestUnsynced: number | null
}

export interface StorageActions {
  facts(): Promise<StorageFacts>
  /** Asks the browser never to remove the library by itself; false: it did not agree. */
  keepSafe(): Promise<boolean>
}

/**
 * All that elements may do. One instance a page, made in main.ts. It dispatches `records` (detail: ids),
 * `summary`, `notices`, `rescue` and `update` events; elements render from its getters and hold no copies.
 */
export interface PageModel extends EventTarget {
  /** Every record of the library, also deleted ones (fields.deleted), not tombstones. Filled before the first render. */
  readonly records: ReadonlyMap<string, RecordView>
  readonly summary: SyncSummary
  readonly notices: readonly Notice[]
  readonly failed: FailedActions
  readonly log: LogActions
  readonly vanishing: VanishActions
  readonly rescue: RescueActions
  readonly storage: StorageActions
  readonly verify: VerifyActions
  /** A new version of the app waits: show the notice with button `Reload`, which calls `reload()`. */
  readonly updateWaiting: boolean
  /** Ids of cards that went in a merge of one URL lead to the card that stayed. */
  resolveId(id: string): string

  /** The id is there at once; the promise when it is stored. Fields left out take their defaults. */
  create(kind: Kind, fields: Fields): { readonly id: string; readonly done: Promise<WriteResult> }
  /**
   * A change of single fields. `shown` holds, for each field in `typed`, what the page was showing when the
   * person changed it. Text fields of an open editor go through RecordEditing instead.
   */
  edit(id: string, shown: Fields, typed: Fields): Promise<WriteResult>
  /**
   * One keystroke's change of a text field, in the input event itself; RecordEditing calls it. Written relaxed,
   * `leaving` strict.
   */
  type(id: string, shown: Fields, typed: Fields, leaving?: boolean): Promise<WriteResult>
  /** Moves to Trash and shows a notice with `Undo`. */
  remove(id: string): Promise<WriteResult>
  restore(id: string): Promise<WriteResult>
  purge(id: string): Promise<WriteResult>
  /** What Ctrl/Cmd+Z outside a text field does: undoes the newest deletion whose notice is still there. False: nothing to undo. */
  undo(): boolean

  syncNow(): Promise<void>
  signIn(email: string, password: string): Promise<SignInResult>
  createAccount(email: string, password: string): Promise<SignInResult>
  answerOtherLibrary(choice: OtherLibraryChoice): Promise<SignInResult>
  unsynced(): Promise<Unsynced>
  signOut(): Promise<void>

  notify(kind: NoticeKind, text: string, action?: Notice['action']): void
  dismiss(noticeId: number): void
  reload(): void
}
