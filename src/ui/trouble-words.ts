import type { StorageTrouble } from '../store/storage-trouble.ts'

/** At the start there is one trouble more: the library is well, but the page fails to show it. */
export type StartTrouble = StorageTrouble | 'stopped'

export interface TroubleWords {
  readonly what: string
  /** What a person can do about it. */
  readonly remedy: string
}

/** While the page is open: what is shown stays, what was typed is in memory. */
export const WORDS: Readonly<Record<StorageTrouble, TroubleWords>> = {
  full: {
    what: 'This device has no room left for Pawkit.',
    remedy: 'Free some room on the device, then try again: everything you typed is stored then.',
  },
  lost: {
    what: 'The browser let go of the library and did not give it back.',
    remedy: 'Try again: everything you typed is stored then. If that fails, copy your texts and reload.',
  },
  gone: {
    what: 'The browser has removed the library from this device.',
    remedy: 'This page still holds all of it. Try again, and it is put back with everything you typed.',
  },
  newer: {
    what: 'A newer Pawkit is open in another tab and has taken over the library.',
    remedy: 'Everything stored is safe. Copy what is listed here, if anything is, then reload this tab.',
  },
  blocked: {
    what: 'Another tab with an older Pawkit keeps the library closed.',
    remedy: 'Close that tab or reload it, then try again: everything you typed is stored then.',
  },
  broken: {
    what: 'The browser cannot read or write its own files of the library.',
    remedy: 'Copy your texts and export the library, restart the browser, then try again.',
  },
}

/** Where the library does not open at all. */
export const START_WORDS: Readonly<Record<StartTrouble, TroubleWords>> = {
  full: {
    what: 'This device has no room left, so the browser could not open its storage.',
    remedy: 'Nothing was removed. Free some room on the device, then try again.',
  },
  lost: {
    what: 'The browser let go of its storage while Pawkit was starting.',
    remedy: 'Nothing was removed. Try again; if it stays so, restart the browser.',
  },
  gone: {
    what: 'The browser removed the library from this device while Pawkit was starting.',
    remedy: 'Try again. What is on the server comes back when you sign in.',
  },
  newer: {
    what: 'A newer Pawkit has been here and has changed how the library is stored. This one is too old to open it.',
    remedy: 'Nothing was removed. Close all tabs with Pawkit, then open it again to get the newer one.',
  },
  blocked: {
    what: 'Another tab with an older Pawkit keeps it closed.',
    remedy: 'Nothing was removed. Close other tabs with Pawkit or reload them, then try again.',
  },
  broken: {
    what: 'The browser could not read its own files of the library.',
    remedy:
      'Restart the browser, then try again. If it stays so, remove this site’s data in the browser’s settings: what is on the server comes back when you sign in, what is only here does not.',
  },
  stopped: {
    what: 'Something in Pawkit failed while it was starting.',
    remedy: 'Nothing was removed. Try again; if it stays so, export the library to have it at hand.',
  },
}
