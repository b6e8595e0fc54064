/** The person's choice of light or dark. A preference of this browser, so it lives beside the library and not in it. */
export type Theme = 'system' | 'light' | 'dark'
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']
const KEY = 'pawkit-theme'

export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY)
    return THEMES.find((theme) => theme === kept) ?? 'system'
  } catch {
    // Storage can be forbidden (a strict privacy setting); the system's choice is a good one then.
    return 'system'
  }
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // The choice then holds until the page closes.
  }
  applyTheme(theme)
}

/** Called by the shell before it first renders, so that a dark room never sees a white flash. */
export function applyTheme(theme: Theme = chosenTheme()): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset.theme
  else root.dataset.theme = theme
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    // The two metas carry their own media; an explicit choice must win over both.
    meta.dataset.own ??= meta.content
    const dark = document.querySelector<HTMLMetaElement>('meta[name="theme-color"][media*="dark"]')
    const light = document.querySelector<HTMLMetaElement>('meta[name="theme-color"][media*="light"]')
    const chosen = theme === 'dark' ? dark : light
    meta.content =
      theme === 'system' ? meta.dataset.own : (chosen?.dataset.own ?? chosen?.content ?? meta.content)
  }
}
