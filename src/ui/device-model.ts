/** A device of the account, as the page shows it. */
export interface DeviceView {
  readonly id: string
  /** '': it has not said. */
  readonly name: string
  /** The device that this page is on. */
  readonly own: boolean
  readonly online: boolean
  /** When it was last heard of, ms by the server's clock. */
  readonly seenAt: number
  /** When it first said that it had read as far as it has; null: it has not yet. */
  readonly syncedAt: number | null
  /** It has everything that the server has. */
  readonly complete: boolean
}

/** The account's devices while somebody looks at them. Says `change`. */
export interface OpenDevices extends EventTarget {
  /** This one last. The others keep their places. */
  readonly devices: readonly DeviceView[]
  /** null: this is how it is now; else of when it is, ms, or 0: the server was never asked. */
  readonly asOf: number | null
  /** Why it is not newer, in words; null: it is on its way. */
  readonly why: string | null
  /** This device's name is not at the server yet. */
  readonly unsent: boolean
  /** Why the server cannot be asked to rename another device just now, in words; null: it can. */
  readonly closed: string | null
  /** @returns why it is not called so, in words; null: it is */
  rename(id: string, name: string): Promise<string | null>
  close(): void
}

/** That another device has this version of a record; `since` null: for longer than is known. */
export interface DeviceReceipt {
  readonly name: string
  readonly since: number | null
}

/** On which other devices a record is as it is here, while somebody looks at it. Says `change`. */
export interface OpenReceipts extends EventTarget {
  readonly receipts: readonly DeviceReceipt[]
  close(): void
}

/** This device among the account's others. Says `change` when it is called otherwise. */
export interface DeviceActions extends EventTarget {
  /** What this device is called, as far as it has changed since the page was opened; null: not. */
  readonly name: string | null
  open(): Promise<OpenDevices>
  receipts(record: string): Promise<OpenReceipts>
}
