import type { Control } from '../session-model.ts'

/** How often a visible tab looks whether the active one is gone, and the active one who else is there; ms. */
const LOOK = 500
const LOOK_ACTIVE = 2000
/** A page that reloads is gone for so long, and finds its right where it left it (traces.md, 29); ms. */
export const RELOAD = 1200
export const LOOK_RELOAD = 200
/** A tab that handed over looks again: whoever took over may have died in between (traces.md, 30); ms. */
export const LOOK_BACK = 3000

/** @param gone the tab that has the right is not there: it may be on its way back */
export function nextLook(gone: boolean, control: Control): number {
  if (gone) return LOOK_RELOAD
  return control === 'active' ? LOOK_ACTIVE : LOOK
}
