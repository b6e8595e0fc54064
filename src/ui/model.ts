import type { Author } from '../core/authors.ts'
import type { Resolution } from '../core/conflict.ts'
import type { JournalRow } from '../core/journal.ts'
import type { Policy } from '../core/policy.ts'
import type { Fields, Json, Kind, MergeKind, RecordState } from '../core/records.ts'
import type { FieldProblem } from '../core/schema.ts'
import type { ConnectionState, Figures, RecordSyncState } from '../core/status.ts'
import type { Repaired } from '../core/verify.ts'
import type { Change, Met } from '../core/write.ts'
import type { DeviceActions } from './device-model.ts'
import type { FailedActions } from './failed-model.ts'
import type { HistoryActions } from './history.ts'
import type { RescueActions } from './rescue-model.ts'
import type { SessionActions } from './session-model.ts'
import type { Unfinished } from './unfinished.ts'

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
  /** When it is tried again by itself, ms; null: not by time alone. */
  readonly nextTry: number | null
  /** A sentence: what it waits for where that is not time. */
  readonly waits: string
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
  /** When the next attempt is due after a failure, ms; null: none is waiting, or not for time alone. */
  readonly nextTry: number | null
  /** "This device's clock is 61 min ahead; it was not used." or null. */
  readonly clockText: string | null
  /** Online, signed in, and yet something has waited for over two minutes: the reason, or null. */
  readonly alarm: string | null
  /** The server takes nothing from this version of the app: only a reload helps. */
  readonly tooOld: boolean
}

/** What came of a write. `written` brings the record as it now is, which may hold another tab's or device's edit too. */
export type WriteResult =
  | { readonly is: 'written'; readonly record: RecordState }
  /** A limit of the contract; nothing was written, the text stays in the editor. */
  | { readonly is: 'invalid'; readonly problems: readonly FieldProblem[] }
  /** The library on this device is another one now (sign-out, change of account). */
  | { readonly is: 'other-library' }
  | { readonly is: 'storage'; readonly message: string }
  /** Another tab has taken control; what was typed here is a draft now, and is offered. */
  | { readonly is: 'fenced' }
  /** A new card whose URL a card of this library holds already; that card. */
  | { readonly is: 'duplicate'; readonly record: RecordState }
  /** It was to be deleted for good, and is in the Trash no more. */
  | { readonly is: 'restored'; readonly record: RecordState }

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
  /** What was typed in tabs that had lost control, and is in no record yet. */
  readonly drafts: number
}

export type NoticeKind = 'status' | 'alert'
export interface Notice {
  readonly id: number
  readonly kind: NoticeKind
  readonly text: string
  readonly action?: { readonly label: string; readonly run: () => void }
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

/** One field that both sides changed, with all that a person needs to choose. */
export interface ConflictField {
  readonly field: string
  readonly merge: MergeKind
  /** What both sides began from; null: not known (any more). */
  readonly ancestor: Json
  /** undefined: this side never had the field. */
  readonly mine: Json | undefined
  readonly theirs: Json | undefined
  /** When each was changed, ms. */
  readonly mineAt: number
  readonly theirsAt: number
  /** Who changed it elsewhere; null: not known. */
  readonly by: Author | null
}

/** An open conflict: this device's record and the other version of it. */
export interface ConflictView {
  readonly id: string
  readonly kind: string
  readonly title: string
  /** This device's record, and the server's as this device knows it. `deleted` is a field of them like others. */
  readonly mine: RecordState
  readonly theirs: RecordState
  /** When it was found, ms. */
  readonly since: number
  /** Only the fields that a person has to decide; what merged by itself is in `mine` already. */
  readonly fields: readonly ConflictField[]
}

/** Open conflicts. Says `change` when one opened, closed, or got another side. */
export interface ConflictActions extends EventTarget {
  /** Oldest first; as many as `figures.conflicts`. */
  readonly open: readonly ConflictView[]
  get(id: string): ConflictView | null
  /** Resolves when `open` is what the store holds; rejects where that cannot be read. */
  look(): Promise<void>
  /**
   * Closes it as an ordinary edit; what loses goes to version history first. `changed`: one side is no longer what
   * `view` showed, nothing was written and `get` has the new state; `gone`: it is not open any more.
   */
  resolve(
    view: ConflictView,
    resolution: Resolution,
  ): Promise<'resolved' | 'changed' | 'gone' | { readonly problems: readonly FieldProblem[] }>
  policy(): Promise<Policy>
  /** What it does not name stays as it is. */
  setPolicy(choice: Partial<Policy>): Promise<void>
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
 * `summary`, `notices`, `rescue`, `tabs`, `devices` and `update` events; elements render from its getters and hold no copies.
 */
export interface PageModel extends EventTarget {
  /** Every record of the library, also deleted ones (fields.deleted), not tombstones. Filled before the first render. */
  readonly records: ReadonlyMap<string, RecordView>
  readonly summary: SyncSummary
  readonly notices: readonly Notice[]
  readonly failed: FailedActions
  readonly log: LogActions
  readonly vanishing: VanishActions
  readonly conflicts: ConflictActions
  readonly history: HistoryActions
  readonly rescue: RescueActions
  readonly storage: StorageActions
  readonly verify: VerifyActions
  readonly tabs: SessionActions
  readonly devices: DeviceActions
  /** What stands in dialogs and is not saved, through a reload. */
  readonly unfinished: Unfinished
  /** A new version of the app waits: show the notice with button `Reload`. */
  readonly updateWaiting: boolean
  /** Not now: no tab shows that notice any more. */
  hideUpdate(): void
  /** Ids of cards that went in a merge of one URL lead to the card that stayed. */
  resolveId(id: string): string

  /** The id is there at once; the promise when it is stored. Fields left out take their defaults. */
  create(kind: Kind, fields: Fields): { readonly id: string; readonly done: Promise<WriteResult> }
  /**
   * A change of single fields. `shown` holds, for each field in `typed`, what the page was showing when the
   * person changed it. Text fields of an open editor go through RecordEditing instead.
   */
  edit(id: string, shown: Fields, typed: Fields, how?: Change['how']): Promise<WriteResult>
  /**
   * One keystroke's change of a text field, in the input event itself; RecordEditing calls it. Written relaxed,
   * `leaving` strict.
   */
  type(id: string, shown: Fields, typed: Fields, leaving?: boolean, met?: Met): Promise<WriteResult>
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
  /** All begins anew, with the newest version of the app that there is. */
  reload(): void
}
