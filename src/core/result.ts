/** The outcome of something that can fail in a way its caller must handle; nothing in core throws for bad input. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: E }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const bad = <E>(problem: E): { readonly ok: false; readonly problem: E } => ({ ok: false, problem })
