import type { Claim } from './ledger.ts'

declare global {
  // Put into the page by the device, for what the two functions below have to tell.
  var pawkitShown: ((claims: readonly Claim[]) => Promise<void>) | undefined
  var pawkitRemoving: ((text: string) => Promise<void>) | undefined
}

/**
 * Runs in every page and looks at it as a person would, 25 times a second: a word is shown as saved where it stands
 * beside a state, which in all its forms says "Saved on this device". A list is drawn from what is stored and counts at
 * once. An editor holds what was typed, and a state stands beside it all the while: its text counts once the two have
 * stood together for a quarter of a second, as long as a glance takes; not where the page says that it is not saved,
 * and not the tags while the caret is in them, as half a tag is none.
 */
export function monitor(): void {
  const told = new Set<string>()
  const A_GLANCE = 250
  let since = new Map<string, number>()

  const roots = (of: Document | ShadowRoot): (Document | ShadowRoot)[] => [
    of,
    ...[...of.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : [])),
  ]
  const words = (text: string | null | undefined): string[] => text?.match(/[ab]\d+x/g) ?? []
  const claims = (root: Document | ShadowRoot, all: readonly (Document | ShadowRoot)[]): Claim[] => {
    const listed = [...root.querySelectorAll('ul[aria-label="Library"] > li')].flatMap((entry) => {
      const state = entry.querySelector<HTMLElement>('[data-sync-state]')?.dataset.syncState
      const record = entry.querySelector('a')?.getAttribute('href') ?? ''
      const texts = [...entry.querySelectorAll('.title, .gist')].flatMap((each) => words(each.textContent))
      return state ? texts.map((word): Claim => ({ word, record, where: 'list', state })) : []
    })
    const fields = root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
      '#title, #content, #description, #name, #tags',
    )
    const bar = all.flatMap((each) => [...each.querySelectorAll<HTMLElement>('.state-line')])[0]
    const state = bar?.dataset.syncState
    const unsaved = all.some((each) => each.querySelector('div.trouble'))
    const inDialog = root instanceof ShadowRoot && root.querySelector('dialog') !== null
    const edited = [...fields].flatMap((field) =>
      field.id === 'tags' && root.activeElement === field ? [] : words(field.value),
    )
    if (!state || unsaved || inDialog) return listed
    return [
      ...listed,
      ...edited.map((word): Claim => ({ word, record: location.pathname, where: 'editor', state })),
    ]
  }
  const look = (): void => {
    const all = roots(document)
    const now = all.flatMap((root) => claims(root, all))
    const key = ({ word, where, state }: Claim): string => `${where} ${word} ${state === 'synced'}`
    const at = performance.now()
    const edited = now.filter(({ where }) => where === 'editor')
    since = new Map(edited.map(({ word }) => [word, since.get(word) ?? at]))
    const stands = ({ word, where }: Claim): boolean =>
      where === 'list' || at - (since.get(word) ?? at) >= A_GLANCE
    const fresh = now.filter((claim) => !told.has(key(claim)) && stands(claim))
    for (const claim of fresh) told.add(key(claim))
    if (fresh.length > 0) void globalThis.pawkitShown?.(fresh)
  }
  setInterval(look, 40)
}

/** What a person does to a field in one go: marks a part of it and types over it, in one task of the page. */
export function replaceIn(
  field: HTMLElement | SVGElement,
  [which, by]: readonly ['all' | 'last-line', string],
): void {
  if (!(field instanceof HTMLTextAreaElement)) throw new Error('Not a text.')
  const { value } = field
  const from = which === 'all' ? 0 : value.lastIndexOf('\n') + 1
  void globalThis.pawkitRemoving?.(value.slice(from))
  field.focus()
  field.setSelectionRange(from, value.length)
  if (by === '') document.execCommand('delete')
  else document.execCommand('insertText', false, by)
}
