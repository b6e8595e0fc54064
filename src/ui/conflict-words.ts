import type { Author } from '../core/authors.ts'
import { type Json, list, text, titleOf, updatedAt } from '../core/records.ts'
import type { Account, ConflictField, ConflictView, RecordView } from './model.ts'
import { clockTime, count, momentOf } from './words.ts'

/** What the page says of open conflicts: who, when, where, and each field's value, in plain words. */
const FIELDS: Readonly<Record<string, string>> = {
  title: 'Title',
  name: 'Name',
  content: 'Text',
  description: 'Description',
  url: 'URL',
  tags: 'Tags',
  collectionIds: 'Collections',
  pinned: 'Pinned',
  parentId: 'Inside of',
  deleted: 'Deleted or kept',
  createdAt: 'Created',
}
export const fieldName = (field: string): string => FIELDS[field] ?? field

/** Nobody: the server empties the Trash by itself. */
const isServer = (by: Author | null): boolean => by?.account === ''

/** “Phone”, “a program”, “another device”. */
function deviceOf(by: Author | null): string {
  if (by === null) return 'another device'
  if (isServer(by)) return 'the server'
  return by.device === '' ? 'a program' : by.device
}

/** “you”, an email, “another account”; null where it is not known. */
function personOf(by: Author | null, account: Account | null): string | null {
  if (by === null || isServer(by)) return null
  if (account && (by.account === account.id || by.account === account.email)) return 'you'
  return /\S+@\S+/.exec(by.account)?.[0] ?? 'another account'
}

/** “today 14:02”, “3 May, 14:02”. */
export function whenWords(at: number, now: number): string {
  if (at <= 0) return ''
  const today = new Date(at).toDateString() === new Date(now).toDateString()
  return today ? `today ${clockTime(at)}` : momentOf(at, now)
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)
const listed = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join(', ')

/** “Phone, you, today 14:02”. */
export const theirsLine = ({ by, theirsAt }: ConflictField, account: Account | null, now: number): string =>
  capital(listed(deviceOf(by), personOf(by, account), whenWords(theirsAt, now)))

export const mineLine = ({ mineAt }: ConflictField, now: number): string =>
  capital(listed('this device', whenWords(mineAt, now)))

/** The newest of a side's changes speaks for the side. */
const newest = (view: ConflictView, at: (field: ConflictField) => number): ConflictField | undefined =>
  [...view.fields].sort((a, b) => at(b) - at(a))[0]

export interface Sides {
  /** As a heading: “Phone”. */
  readonly device: string
  /** Inside a sentence: “on Phone”, “by a program”. */
  readonly where: string
  /** Under the headings: “you, today 14:02”. */
  readonly mine: string
  readonly theirs: string
}

export function sidesOf(view: ConflictView, account: Account | null, now: number): Sides {
  const [here, there] = [newest(view, ({ mineAt }) => mineAt), newest(view, ({ theirsAt }) => theirsAt)]
  const by = there?.by ?? null
  const device = deviceOf(by)
  const where = device === 'a program' ? 'by a program' : `on ${device}`
  return {
    device: capital(device),
    where: isServer(by) ? 'by the server after 30 days in the Trash' : where,
    mine: whenWords(here?.mineAt || updatedAt(view.mine), now),
    theirs: listed(personOf(by, account), whenWords(there?.theirsAt || updatedAt(view.theirs), now)),
  }
}

/** What happened, for somebody who sees the dialog for the first time. */
export function whatHappened(view: ConflictView, { where }: Sides): string {
  const life = view.fields.find(({ field }) => field === 'deleted')
  const title = `“${view.title}”`
  if (life?.theirs === true || view.theirs.fields.purged === true)
    return `${title} was deleted ${where} and edited here.`
  if (life) return `${title} was deleted here and edited ${where}.`
  return `${title} was changed here and ${where}.`
}

/** A value in words; '' for an empty one. */
export function valueWords(
  field: string,
  value: Json | undefined,
  records: ReadonlyMap<string, RecordView>,
  now: number,
): string {
  const named = (id: string): string => {
    const record = records.get(id)?.record
    return record ? titleOf(record) : 'A collection that is not on this device'
  }
  switch (field) {
    case 'pinned':
      return value === true ? 'Pinned' : 'Not pinned'
    case 'parentId':
      return typeof value === 'string' ? named(value) : 'At the top'
    case 'tags':
      return list(value).join(', ')
    case 'collectionIds':
      return list(value).map(named).join(', ')
    case 'createdAt':
      return whenWords(Date.parse(text(value)), now)
  }
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** One side of a record that was deleted on one device and edited on another. */
export const lifeWords = (deleted: boolean, where: string, forGood = false): string =>
  `${deleted ? (forGood ? 'Deleted for good' : 'Deleted') : 'Edited'} ${where}`

export const conflictsWords = (many: number): string =>
  `${count(many, 'conflict')} ${many === 1 ? 'waits' : 'wait'} for you`

/** For a problem with a value: “The title must be at most 1000 characters.” */
export const problemWords = (field: string, problem: string): string =>
  `${fieldName(field.split('.')[0] ?? field)} ${problem}.`
