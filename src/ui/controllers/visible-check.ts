/** About so often a page that is looked at asks how things are, ms: each at a pace of its own. */
export const VISIBLE_CHECK = 45_000

interface Checked {
  readonly visible: () => boolean
  readonly online: () => boolean
  /** Wakes the worker. */
  readonly wake: () => void
  /** What time alone changes is said anew, also where no worker is left to say anything. */
  readonly refresh: () => Promise<void>
}

export function checkWhileVisible({ visible, online, wake, refresh }: Checked, random: number): void {
  setInterval(
    () => {
      if (!visible()) return
      if (online()) wake()
      void refresh()
    },
    VISIBLE_CHECK * (0.9 + random * 0.2),
  )
}
