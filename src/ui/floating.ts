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

/** For a popover's `toggle` event: places it as it opens and says so on its button. */
export function onToggle(event: Event, button: HTMLElement | null): void {
  const popover = event.currentTarget
  if (!(popover instanceof HTMLElement) || !button) return
  const open = popover.matches(':popover-open')
  button.setAttribute('aria-expanded', String(open))
  if (open) placeBeside(popover, button)
}
