/** What an element asks of the shell. Elements do not know the router or each other; they say what is wanted. */
export type Dialog =
  | { readonly is: 'new-card' | 'new-collection' | 'sign-in' | 'sign-out' }
  | { readonly is: 'purge' | 'discard' | 'draft' | 'resolve' | 'versions'; readonly id: string }
  | {
      readonly is: 'other-library'
      readonly email: string
      readonly records: number
      readonly unsynced: number
    }

export type Request =
  | { readonly open: Dialog }
  | { readonly go: string; readonly focus?: string }
  | { readonly do: 'new-note' | 'find' | 'menu' | 'sync-status' }
  | { readonly remove: string }
  | { readonly filter: { readonly query?: string; readonly collection?: string | null } }

export class RequestEvent extends Event {
  static readonly type = 'pawkit-request'
  readonly request: Request
  constructor(request: Request) {
    super(RequestEvent.type, { bubbles: true, composed: true })
    this.request = request
  }
}

export const ask = (from: EventTarget, request: Request): boolean =>
  from.dispatchEvent(new RequestEvent(request))
