/** What came of a write, with the text as it is stored then, which may hold another's edit too. */
export type FieldResult =
  | { readonly is: 'stored'; readonly text: string }
  /** Not written, and nowhere but in the field. */
  | { readonly is: 'refused' }
  /** Not written, for this tab has lost control: it is a draft now. */
  | { readonly is: 'fenced'; readonly text: string }

/**
 * `behind`: the field has not taken in yet what an earlier write met in the store; `before`: what it had, refused, before
 * another's text came into it.
 */
type How = 'behind' | { readonly before: string } | undefined
export type WriteField = (shown: string, typed: string, leaving: boolean, how: How) => Promise<FieldResult>
