/** Runs in every page: what comes on a channel is heard so much later, as on a machine that has too much to do. */
export function holdBroadcasts(ms: number): void {
  type Listener = (event: Event) => void
  const late = new WeakMap<object, Listener>()
  const { addEventListener, removeEventListener } = EventTarget.prototype
  BroadcastChannel.prototype.addEventListener = function (
    this: BroadcastChannel,
    type: string,
    listener: Listener,
  ) {
    const hear: Listener = (event) => void setTimeout(() => listener.call(this, event), ms)
    late.set(listener, hear)
    addEventListener.call(this, type, hear)
  }
  BroadcastChannel.prototype.removeEventListener = function (
    this: BroadcastChannel,
    type: string,
    listener: Listener,
  ) {
    removeEventListener.call(this, type, late.get(listener) ?? listener)
  }
}
