/** The element that has the focus, through all shadow roots. */
export function focused(): Element | null {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}

export const focusIsLost = (): boolean => {
  const element = focused()
  return element === null || element === document.body
}

/**
 * Puts a popover beside its button, inside the window. By script: CSS anchors are too new to rest a menu on,
 * and CSSOM writes are what a strict content security policy allows.
 */
export function placeBeside(popover: HTMLElement, button: HTMLElement): void {
  const GAP = 6
  const at = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const left = at.left + width + 8 <= innerWidth ? at.left : at.right - width
  const below = at.bottom + GAP + height + 8 <= innerHeight
  const top = below ? at.bottom + GAP : at.top - GAP - height
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
  popover.style.top = `${Math.max(8, top)}px`
}

const open = new Set<HTMLElement>()

/** Whether a menu is open, or was as this event began: Escape is then its own. */
export const isMenuOpen = (): boolean => [...open].some((popover) => popover.isConnected)

/** For a popover's `beforetoggle` event: `toggle` comes a task later, and a key may come before it. */
export function onBeforeToggle(event: Event): void {
  const popover = event.currentTarget
  if (popover instanceof HTMLElement && event instanceof ToggleEvent && event.newState === 'open')
    open.add(popover)
}

/** For a popover's `toggle` event: places it as it opens, says so on its button, and gives the focus back to it. */
export function onToggle(event: Event, button: HTMLElement | null): void {
  const popover = event.currentTarget
  if (!(popover instanceof HTMLElement) || !button) return
  const shown = popover.matches(':popover-open')
  button.setAttribute('aria-expanded', String(shown))
  if (shown) {
    open.add(popover)
    placeBeside(popover, button)
  } else {
    open.delete(popover)
    if (popover.matches(':focus-within') || focusIsLost()) button.focus({ preventScroll: true })
  }
}
