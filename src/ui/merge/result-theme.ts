import { EditorView } from '@codemirror/view'

const ADDED = 'color-mix(in oklab, var(--ok) 17%, transparent)'
const REMOVED = 'color-mix(in oklab, var(--bad) 11%, transparent)'

/** CodeMirror in the colours of the page: light, dark and high contrast are the page's own. */
export const editorTheme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--text-16)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--font)', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 14px 0 34px', position: 'relative' },
  '.cm-block': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 6%, transparent)',
    boxShadow: 'inset 3px 0 color-mix(in oklab, var(--accent) 45%, transparent)',
  },
  '.cm-block-active': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 13%, transparent)',
    boxShadow: 'inset 3px 0 var(--accent)',
  },
  '.cm-block[data-block]::before': {
    content: 'attr(data-block)',
    position: 'absolute',
    left: '8px',
    minWidth: '16px',
    color: 'var(--accent)',
    fontSize: 'var(--text-12)',
    fontWeight: 'var(--weight-title)',
    lineHeight: '1.6rem',
    textAlign: 'center',
  },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'transparent' },
  '&.cm-merge-b .cm-changedLine.cm-block': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 6%, transparent)',
  },
  '&.cm-merge-b .cm-changedLine.cm-block-active': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 13%, transparent)',
  },
  '&.cm-merge-b .cm-changedText': {
    background: ADDED,
    borderRadius: '3px',
    textDecoration: 'underline 2px color-mix(in oklab, var(--ok) 75%, transparent)',
    textUnderlineOffset: '3px',
  },
  '.cm-deletedChunk': { padding: '0 14px 0 34px', backgroundColor: 'transparent', color: 'var(--ink-soft)' },
  // What is only shown beside what went would read as gone, too.
  '.cm-deletedLine:not(:has(.cm-deletedText))': { display: 'none' },
  '&.cm-merge-b .cm-deletedText': {
    background: REMOVED,
    color: 'var(--ink-soft)',
    borderRadius: '3px',
    textDecoration: 'line-through 1.5px',
  },
})
