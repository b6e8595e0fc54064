import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface Counts {
  readonly passed: number
  readonly failed: number
  /** What failed: its file, its name and the first line of why. */
  readonly names: readonly string[]
}

/** A runner that died before it wrote its results has failed once. */
function read<T>(file: string, counts: (report: T) => Counts): Counts {
  try {
    return counts(JSON.parse(readFileSync(file, 'utf8')) as T)
  } catch {
    return { passed: 0, failed: 1, names: [`${file}: no results`] }
  }
}

const named = (file: string, test: string, why = ''): string =>
  `${relative(root, file)} › ${test}: ${stripVTControlCharacters(why).split('\n', 1)[0]}`

interface UnitReport {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Of a report that Vitest wrote. */
export function unitCounts(path: string): Counts {
  return read<UnitReport>(path, (report) => {
    const names = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status === 'failed')
      // A file that could not be read has no tests that failed.
      if (status === 'failed' && failed.length === 0) return [named(name, 'the file', message)]
      return failed.map((test) => named(name, test.fullName, test.failureMessages[0]))
    })
    return { passed: report.numPassedTests, failed: names.length, names }
  })
}

interface BrowserSuite {
  readonly suites?: readonly BrowserSuite[]
  readonly specs: readonly {
    readonly ok: boolean
    readonly title: string
    readonly file: string
    readonly tests: readonly {
      readonly status: string
      readonly results: readonly { readonly error?: { readonly message?: string } }[]
    }[]
  }[]
}

/** Of a report that Playwright wrote. */
export function browserCounts(path: string): Counts {
  type Report = BrowserSuite & {
    readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number }
  }
  const failedIn = ({ suites = [], specs = [] }: BrowserSuite): string[] => [
    ...specs
      .filter(({ ok, tests }) => !ok || tests.some(({ status }) => status === 'flaky'))
      .map(({ file, title, tests }) =>
        named(`${root}tests/e2e/${file}`, title, tests[0]?.results[0]?.error?.message),
      ),
    ...suites.flatMap(failedIn),
  ]
  return read<Report>(path, (report) => ({
    passed: report.stats.expected,
    failed: report.stats.unexpected + report.stats.flaky,
    names: failedIn(report),
  }))
}
