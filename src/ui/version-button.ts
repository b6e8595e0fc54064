import type { PawkitElement } from './element.ts'
import { ask } from './requests.ts'

const NOT_LOADED = 'Version history could not be loaded. Reload the page and try again.'

/** Loads the panel, which few open, and asks the shell to show it. */
export async function showVersions(from: PawkitElement, id: string): Promise<void> {
  try {
    await import('./components/version-history.ts')
  } catch {
    from.model.notify('alert', NOT_LOADED)
    return
  }
  ask(from, { open: { is: 'versions', id } })
}
