import type { Claim } from './ledger.ts'

declare global {
  // Put into the page by the device, for what the two functions below have to tell.
  var pawkitShown: ((claims: readonly Claim[]) => Promise<void>) | undefined
  var pawkitRemoving: ((text: string) => Promise<void>) | undefined
}

/**
 * Runs in every page and looks at it as a person would, 25 times a second: a word is shown as saved where it stands
 * beside a state, which in all its forms says "Saved on this device". It counts at once, in a list as in an editor, but
 * for an editor that says that it is still saving, or could not save.
 */
export function monitor(): void {
  const told = new Set<string>()

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
    const saying = bar?.textContent?.trim() ?? ''
    const unsaved =
      /^(Saving…|Not saved yet)/.test(saying) || all.some((each) => each.querySelector('div.trouble'))
    const inDialog = root instanceof ShadowRoot && root.querySelector('dialog') !== null
    const edited = [...fields].flatMap((field) => words(field.value))
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
    const fresh = now.filter((claim) => !told.has(key(claim)))
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
