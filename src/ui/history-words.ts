import { excerpt } from '../core/excerpt.ts'
import { type Json, list, mergeKind, text, titleOf } from '../core/records.ts'
import { diffWords } from '../core/word-diff.ts'
import type { FieldPart } from './history.ts'
import type { RecordView } from './model.ts'
import type { VersionsAnswer } from './versions-client.ts'

const LABELS: Readonly<Record<string, string>> = {
  title: 'Title',
  name: 'Name',
  url: 'Address',
  content: 'Text',
  description: 'Description',
  tags: 'Tags',
  collectionIds: 'Collections',
}

/** The device's name; what the server does not say is not made up. */
export const deviceWords = (device: string | null): string =>
  device === null ? '' : device === '' ? PROGRAM : device

const PROGRAM = 'a program'
export const HERE = 'this device'

/** What a value lost to: a change of somebody's, or of one's own on a device. */
export const lostTo = (person: string | null, device: string): string => {
  if (person !== null) return `Lost to a change by ${person}`
  return device === PROGRAM
    ? `Lost to a change by ${PROGRAM}`
    : `Lost to a change on ${device || 'another device'}`
}
export const CREATED = 'Created'
export const OLDEST = 'The oldest version that is kept'
export const GAP = 'All that changed since the version below: those in between are no longer kept'
export const MERGED = 'Before an automatic merge'
export const MERGE = 'An automatic merge with the version before'
export const DISCARDED = 'You discarded this'
export const REPLACED = 'You restored another version'
export const RESOLVED = 'You chose another version'
export const REFUSED = 'Came too late to be taken as it was'

/** What one field became, ready to be read. */
export function partOf(
  kind: string,
  field: string,
  before: Json | undefined,
  after: Json | undefined,
  records: ReadonlyMap<string, RecordView>,
): FieldPart {
  const label = LABELS[field] ?? field
  const words = (said: string): FieldPart => ({ field, label, is: { is: 'words', words: said } })
  if (field === 'pinned') return words(after === true ? 'Pinned to the top' : 'No longer pinned')
  if (field === 'deleted') return words(after === true ? 'Moved to the Trash' : 'Back from the Trash')
  if (field === 'parentId') return words(parentWords(after, records))
  if (mergeKind(kind, field) === 'set') {
    const [old, now] = [new Set(list(before)), new Set(list(after))]
    const name = (item: string): string => (field === 'collectionIds' ? collectionName(item, records) : item)
    const added = [...now].filter((item) => !old.has(item)).map(name)
    const removed = [...old].filter((item) => !now.has(item)).map(name)
    return { field, label, is: { is: 'set', added, removed } }
  }
  return { field, label, is: { is: 'text', excerpt: excerpt(diffWords(text(before), text(after))) } }
}

const collectionName = (id: string, records: ReadonlyMap<string, RecordView>): string => {
  const record = records.get(id)?.record
  return record ? titleOf(record) : 'A collection that is not here'
}

const parentWords = (parent: Json | undefined, records: ReadonlyMap<string, RecordView>): string =>
  typeof parent === 'string' ? `Moved into “${collectionName(parent, records)}”` : 'Moved to the top'

/** Why the server's versions are not here; `again`: trying again may help. */
export interface Missing {
  readonly why: string
  readonly again: boolean
}

export const NO_ACCOUNT: Missing = {
  why: 'The server keeps the versions once you sign in; the oldest go in time. Until then only what this device had to put aside is here.',
  again: false,
}
export const NOT_SENT: Missing = {
  why: 'The server does not have this yet. Its versions are kept from the first time it is sent.',
  again: false,
}
export const OFFLINE: Missing = {
  why: 'You are offline. What this device has is here; the versions on the server need the network.',
  again: true,
}
const SIGNED_OUT: Missing = {
  why: 'You are signed out. Sign in again to see the versions on the server.',
  again: true,
}

export function missing(
  answer: Exclude<VersionsAnswer['is'], 'page' | 'aborted'> | 'offline' | 'signed-out',
  email: string,
): Missing {
  switch (answer) {
    case 'offline':
      return OFFLINE
    case 'signed-out':
      return SIGNED_OUT
    case 'other-account':
      return {
        why: `This browser is signed in as somebody else. Sign in as ${email} to see the versions on the server.`,
        again: true,
      }
    case 'unknown-record':
      return { why: 'The server has no versions of this.', again: true }
    case 'busy':
      return { why: 'The server is busy. Try again in a moment.', again: true }
    case 'no-answer':
      return { why: 'The server does not answer. What this device has is here.', again: true }
  }
}
