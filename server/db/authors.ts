import { type Author, authorOf } from '../../src/core/authors.ts'
import { type Fields, mergeKind, type RecordState, sameValue } from '../../src/core/records.ts'

type Writing = Pick<Author, 'account' | 'device'>

/**
 * Who set which fields last after a change. The author of most fields comes last and names none, so that a record of
 * one author has one short entry. Where it is not known who set some (`by` came later than the record), every author
 * names theirs.
 */
export function authorsAfter(
  current: RecordState | null,
  change: { readonly kind: string; readonly fields: Fields },
  writing: Writing,
  purged: boolean,
): readonly Author[] | undefined {
  if (!current || purged) return [writing]
  const groups = new Map<string, { account: string; device: string; fields: string[] }>()
  let unknown = false
  for (const field of Object.keys({ ...current.fields, ...change.fields })) {
    const isOurs =
      Object.hasOwn(change.fields, field) &&
      !sameValue(mergeKind(change.kind, field), current.fields[field], change.fields[field])
    const author = isOurs ? writing : authorOf(current, field)
    if (!author) unknown = true
    else {
      const { account, device } = author
      const key = JSON.stringify([account, device])
      const group = groups.get(key) ?? { account, device, fields: [] }
      group.fields.push(field)
      groups.set(key, group)
    }
  }
  const authors = [...groups.values()].sort((a, b) => a.fields.length - b.fields.length)
  const last = authors.at(-1)
  if (!last) return undefined
  return unknown ? authors : [...authors.slice(0, -1), { account: last.account, device: last.device }]
}
