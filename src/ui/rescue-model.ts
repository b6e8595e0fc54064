import type { StorageTrouble } from '../store/storage-trouble.ts'

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
