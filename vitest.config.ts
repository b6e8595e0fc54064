import { defineConfig } from 'vitest/config'

/** Everything but the real browser (tests/e2e, by Playwright). */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'node_modules/**'],
    environment: 'node',
    // For what hangs, not for what is slow: a machine may have other things to do.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Vitest leaves one core free, which on a machine of two is half of it.
    maxWorkers: '100%',
    // Tests await conditions; a retry would hide a flaky one.
    retry: 0,
    // `npm run coverage`: every branch of what can lose data runs in a test, error handlers above all.
    coverage: {
      provider: 'v8',
      include: ['sw/**/*.ts', 'src/store/**/*.ts'],
      thresholds: { statements: 100, branches: 100, functions: 100, lines: 100 },
      reporter: [['text', { skipFull: true }], 'text-summary'],
      reportsDirectory: 'coverage',
    },
  },
})
