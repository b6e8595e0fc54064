import { defaultKeymap, history, historyKeymap, invertedEffects } from '@codemirror/commands'
import { Change, unifiedMergeView } from '@codemirror/merge'
import {
  Annotation,
  Compartment,
  EditorState,
  type Extension,
  StateEffect,
  StateField,
  type Transaction,
} from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, keymap } from '@codemirror/view'
import { replacements } from '../../core/merge-text.ts'
import { diffWords } from '../../core/word-diff.ts'
import { moved, put, type Range } from './ranges.ts'
import { editorTheme } from './result-theme.ts'

/** Where the blocks are, taken along by every change, and back by every undo. */
const setRanges = StateEffect.define<readonly Range[]>()
const rangesField = StateField.define<readonly Range[]>({
  create: () => [],
  update(ranges, transaction) {
    for (const effect of transaction.effects) if (effect.is(setRanges)) return effect.value
    if (!transaction.docChanged) return ranges
    return ranges.map((range) => moved(range, (place, side) => transaction.changes.mapPos(place, side)))
  },
})
const rangesGoBack = invertedEffects.of((transaction) =>
  transaction.effects.some((effect) => effect.is(setRanges))
    ? [setRanges.of(transaction.startState.field(rangesField))]
    : [],
)
/** The block that the person is at. */
const setActive = StateEffect.define<number>()
const activeField = StateField.define<number>({
  create: () => -1,
  update: (active, { effects }) =>
    effects.reduce((now, effect) => (effect.is(setActive) ? effect.value : now), active),
})
/** Not the person's: the other side came anew. */
const given = Annotation.define<boolean>()

const blockMarks = EditorView.decorations.compute(['doc', rangesField, activeField], (state) => {
  const active = state.field(activeField)
  const lines = state.field(rangesField).flatMap((range, index) => {
    if (range.empty) return []
    const found: { at: number; line: Decoration }[] = []
    const from = Math.min(range.from, state.doc.length)
    const to = Math.min(range.to, state.doc.length)
    for (let at = state.doc.lineAt(from); ; at = state.doc.line(at.number + 1)) {
      const first: Record<string, string> = at.from <= from ? { 'data-block': String(index + 1) } : {}
      const name = index === active ? 'cm-block cm-block-active' : 'cm-block'
      found.push({ at: at.from, line: Decoration.line({ class: name, attributes: first }) })
      if (at.to >= to || at.number === state.doc.lines) return found
    }
  })
  const marks = lines.map(({ at, line }) => line.range(at))
  return Decoration.set(marks, true) as DecorationSet
})

export interface ResultEditorOptions {
  readonly root: ShadowRoot
  readonly parent: HTMLElement
  /** The accessible name, and the id of the words that say how the keyboard gets out. */
  readonly name: string
  readonly describedBy: string
  readonly text: string
  readonly ranges: readonly Range[]
  readonly changed: (text: string, ranges: readonly Range[]) => void
}

/** The merged text in CodeMirror: free to be edited, its blocks marked, what differs from another text shown in it. */
export class ResultEditor {
  readonly #view: EditorView
  readonly #compared = new Compartment()
  readonly #history = new Compartment()

  constructor(options: ResultEditorOptions) {
    const { name, describedBy, root, parent, changed } = options
    const attributes = {
      'aria-label': name,
      'aria-describedby': describedBy,
      'aria-multiline': 'true',
      dir: 'auto',
    }
    const extensions: Extension[] = [
      rangesField.init(() => options.ranges),
      activeField,
      rangesGoBack,
      blockMarks,
      this.#history.of(history()),
      // Tab is not among them: it leaves the text, and Escape does not close what it is in.
      keymap.of([
        { key: 'Escape', run: () => true, stopPropagation: true },
        ...defaultKeymap,
        ...historyKeymap,
      ]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of(attributes),
      EditorState.allowMultipleSelections.of(false),
      EditorView.updateListener.of(({ docChanged, state, transactions }) => {
        if (docChanged && !transactions.some(isGiven)) changed(state.doc.toString(), state.field(rangesField))
      }),
      editorTheme,
      this.#compared.of([]),
    ]
    const state = EditorState.create({ doc: options.text, extensions })
    this.#view = new EditorView({ state, root, parent })
    this.#show(0)
  }

  get text(): string {
    return this.#view.state.doc.toString()
  }

  /** What differs from this text is shown; null: nothing is. */
  compareWith(original: string | null): void {
    const shown =
      original === null
        ? []
        : unifiedMergeView({
            original,
            mergeControls: false,
            gutter: false,
            allowInlineDiffs: true,
            diffConfig: { override: changesBetween },
          })
    this.#view.dispatch({ effects: this.#compared.reconfigure(shown) })
  }

  /** Puts these lines in a block's place; one step of undo. */
  choose(index: number, lines: readonly string[]): void {
    const { state } = this.#view
    const ranges = state.field(rangesField)
    const range = ranges[index]
    if (!range) return
    const done = put(state.doc.toString(), range, lines)
    const changes = state.changes(done.change)
    const after = ranges.map((other, at) =>
      at === index ? done.range : moved(other, (place, side) => changes.mapPos(place, side)),
    )
    this.#view.dispatch({
      changes,
      effects: [setRanges.of(after), setActive.of(index)],
      userEvent: 'input.choose',
    })
    this.#show(index)
  }

  /** The block that the person is at is marked, and in sight. */
  look(index: number): void {
    if (this.#view.state.field(activeField) === index) return
    this.#view.dispatch({ effects: setActive.of(index) })
    this.#show(index)
  }

  /** What came of another other side: the caret stays where it was in the text. */
  renew(text: string, ranges: readonly Range[]): void {
    const changes = replacements(this.text, text).map(({ start, end, text }) => ({
      from: start,
      to: end,
      insert: text,
    }))
    this.#view.dispatch({ changes, effects: setRanges.of(ranges), annotations: given.of(true) })
    // An undo leads back within the same question only: the blocks from before may be others.
    this.#view.dispatch({ effects: this.#history.reconfigure([]) })
    this.#view.dispatch({ effects: this.#history.reconfigure(history()) })
  }

  focus(): void {
    this.#view.focus()
  }

  destroy(): void {
    this.#view.destroy()
  }

  /** Scrolls the editor alone: what is around it is being read. */
  #show(index: number): void {
    const range = this.#view.state.field(rangesField)[index]
    if (!range) return
    const { scrollDOM } = this.#view
    this.#view.requestMeasure({
      read: (view) => view.lineBlockAt(Math.min(range.from, view.state.doc.length)).top,
      write: (top) => {
        scrollDOM.scrollTop = Math.max(0, top - scrollDOM.clientHeight / 3)
      },
    })
  }
}

/** As everywhere else in the dialog: by line, inside changed lines by word. */
function changesBetween(from: string, to: string): Change[] {
  const changes: Change[] = []
  let [a, b] = [0, 0]
  const parts = diffWords(from, to)
  parts.forEach(({ is, text }, index) => {
    const [toA, toB] = [is === 'ins' ? a : a + text.length, is === 'del' ? b : b + text.length]
    const last = changes.at(-1)
    if (is === 'ins' && last && parts[index - 1]?.is === 'del')
      changes[changes.length - 1] = new Change(last.fromA, last.toA, last.fromB, toB)
    else if (is !== 'same') changes.push(new Change(a, toA, b, toB))
    ;[a, b] = [toA, toB]
  })
  return changes
}

const isGiven = (transaction: Transaction): boolean => transaction.annotation(given) === true
