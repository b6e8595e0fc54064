/** What scrolls when one moves through this element's text: itself or what holds it, across shadow roots. */
export function scrollerOf(element: Element): Element {
  let node: Node | null = element
  while (node) {
    if (node instanceof Element && node.scrollHeight > node.clientHeight + 1) {
      const { overflowY } = getComputedStyle(node)
      if (overflowY === 'auto' || overflowY === 'scroll') return node
    }
    node =
      node instanceof ShadowRoot
        ? node.host
        : ((node instanceof Element ? node.assignedSlot : null) ?? node.parentNode)
  }
  return element
}
