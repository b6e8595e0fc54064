/** The page's window, as far as it says that the page is frozen or goes on. */
export type FreezingPage = Pick<EventTarget, 'addEventListener'> & {
  readonly document: Pick<EventTarget, 'addEventListener'> & { readonly visibilityState: string }
}

/** Tells when the page is frozen and when it goes on, the latter perhaps several times. */
export function watchFreezing(page: FreezingPage, frozen: () => void, goesOn: () => void): void {
  const { document } = page
  document.addEventListener('freeze', frozen)
  // A browser that forgets one of these must not leave the page frozen for ever.
  document.addEventListener('resume', goesOn)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') goesOn()
  })
  page.addEventListener('pageshow', goesOn)
}
