import type { Draft, Place } from '../core/session.ts'

/** In the address of a tab that takes control as it opens. */
export const TAKE_CONTROL = 'take-control'

/** Whether this tab may write. `yielding`: another one takes control; what was typed is being committed. */
export type Control = 'active' | 'read-only' | 'yielding'

/** One open tab of this browser. */
export interface SessionView {
  readonly id: string
  /** When it was opened, ms. */
  readonly since: number
  readonly visible: boolean
  readonly active: boolean
  readonly own: boolean
}

/** What was typed in a tab that had lost control. */
export interface DraftView extends Draft {
  readonly title: string
}

/** When a tab takes control: only when a person says so, or also when it is focused. */
export type Taking = 'ask' | 'focus'

/** An edit that a tab without control was asked to make; it waits for a person's word. */
export interface Refused {
  /** The record's id; null: a new one, or none. */
  readonly record: string | null
  /** After *Take control*: makes the edit. */
  go(): void
  /** *View only*: gives it up. */
  drop(): void
  /** *Open in new tab*, or this page goes: what was typed is not written here, and waits as a draft for another tab. */
  keep?(): void
  /** A text field: takes letters that were meant for it, and typed while the person is being asked; `\b`: one is deleted. */
  more?(text: string): void
}

/** Not made here: what was typed is kept as a draft, anything else given up. */
export const leave = (refused: Refused): void => (refused.keep ? refused.keep() : refused.drop())

/** Where a person was typing in the tab that had control; `asked`: somebody pressed *Take control* to go on here. */
export interface HandedOver extends Place {
  readonly asked: boolean
}

/**
 * The tabs of this browser and who of them may write. Says `change` when any of it changed; `refused` (a CustomEvent
 * with a `Refused`) when an edit was wanted that this tab may not make; `place` (a CustomEvent with a `HandedOver`)
 * when it has taken over from a tab in which a person was typing.
 */
export interface SessionActions extends EventTarget {
  readonly control: Control
  /** The oldest first; this one among them. */
  readonly sessions: readonly SessionView[]
  /**
   * The old tab commits what is typed there, and this one goes on from there; with `edit` it makes that edit here
   * instead. False: it did not come about.
   */
  takeControl(edit?: Refused): Promise<boolean>
  /** An editor that is open says where its person is; the function ends it. */
  follow(place: () => Place | null): () => void
  /** The place that was handed over, for the editor at this address; once. */
  arrive(path: string): HandedOver | null
  /** Opens the dialog for an edit that a component will not even begin, such as a key in a read-only editor. */
  refuse(refused: Refused): void
  /** What this tab typed as it lost control is taken in, the draft with that text, and then the edit made that stands behind it. */
  goBehind(drafted: string, edit: Refused): Promise<void>
  /** The page goes: what was typed and still waits to hear who may write is kept. */
  keepHeld(): void
  /** Begins something that would lead to an edit, or asks first. */
  begin(record: string | null, work: () => void): void
  /** What this device is called. */
  readonly device: string
  readonly taking: Taking
  setTaking(taking: Taking): Promise<void>
  /** Oldest first. */
  readonly drafts: readonly DraftView[]
  /** Merges a draft into its record as an ordinary write, and removes it. */
  takeDraft(id: string): Promise<void>
  dropDraft(id: string): Promise<void>
}
