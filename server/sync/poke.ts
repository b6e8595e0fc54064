/** A line to one open stream: the newest seq not yet handed out, or null once the line is closed. */
export interface PokeLine {
  next(): Promise<number | null>
  close(): void
}

/** The open streams of all spaces. In this process only: there is one. */
export interface Pokes {
  /** @param device whose stream it is, where the device has said so */
  open(space: string, device?: string): PokeLine
  /** Devices of the space with an open stream. */
  devices(space: string): ReadonlySet<string>
  /** Tells the space's streams that there is something to pull. Call it after the commit, never before. */
  publish(space: string, seq: number): void
  /** Ends every stream, and each that opens from now on. */
  closeAll(): void
  readonly size: number
}

class Line implements PokeLine {
  #seq: number | null = null
  #closed = false
  #wake: (() => void) | null = null
  readonly #onClose: (line: Line) => void
  readonly device: string | undefined

  constructor(device: string | undefined, onClose: (line: Line) => void) {
    this.device = device
    this.#onClose = onClose
  }

  /** A slow reader gets the newest seq once and not every one: a poke says only that there is more. */
  push(seq: number): void {
    this.#seq = seq
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#onClose(this)
    this.#wake?.()
  }

  async next(): Promise<number | null> {
    while (this.#seq === null && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const seq = this.#closed ? null : this.#seq
    this.#seq = null
    return seq
  }
}

/** An empty registry of streams. */
export function createPokes(): Pokes {
  const spaces = new Map<string, Set<Line>>()
  let closed = false
  return {
    open(space, device) {
      const lines = spaces.get(space) ?? new Set<Line>()
      spaces.set(space, lines)
      const line = new Line(device, (done) => {
        lines.delete(done)
        if (lines.size === 0 && spaces.get(space) === lines) spaces.delete(space)
      })
      lines.add(line)
      if (closed) line.close()
      return line
    },
    devices(space) {
      return new Set([...(spaces.get(space) ?? [])].flatMap(({ device }) => device ?? []))
    },
    publish(space, seq) {
      for (const line of spaces.get(space) ?? []) line.push(seq)
    },
    closeAll() {
      closed = true
      for (const lines of [...spaces.values()]) for (const line of [...lines]) line.close()
    },
    get size() {
      let size = 0
      for (const lines of spaces.values()) size += lines.size
      return size
    },
  }
}
