import type { PageModel, WriteResult } from './model.ts'

const FIELD_WORDS: Readonly<Record<string, string>> = {
  card: 'The card',
  note: 'The note',
  collection: 'The collection',
  url: 'The address',
  title: 'The title',
  description: 'The description',
  content: 'The note',
  name: 'The name',
  tags: 'The tags',
  collectionIds: 'The collections',
}

/** Why nothing was written, for the person who wanted it; null where it was. */
export function problemOf(result: WriteResult): string | null {
  switch (result.is) {
    case 'written':
    case 'duplicate':
      return null
    case 'invalid':
      return result.problems
        .map(({ field, problem }) => `${FIELD_WORDS[field.split('.')[0] ?? ''] ?? field} ${problem}.`)
        .join(' ')
    case 'fenced':
      return 'Another tab is editing, so this change was not made.'
    case 'restored':
      return 'It was brought back from the Trash meanwhile, so nothing was deleted.'
    case 'other-library':
      return 'Another library is on this device now, so this change was not made.'
    case 'storage':
      return `This device could not save it: ${result.message}`
  }
}

/** For a change without a field to say it under: a notice that names the record. */
export async function tellProblem(
  model: Pick<PageModel, 'notify'>,
  title: string,
  write: Promise<WriteResult>,
): Promise<void> {
  const result = await write
  const problem = problemOf(result)
  // Who chose to view only has been told.
  if (problem !== null && result.is !== 'fenced')
    model.notify('alert', `“${title}” was not changed. ${problem}`)
}
