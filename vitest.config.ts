import { defineConfig } from 'vitest/config'

/** Everything but the real browser (tests/e2e, by Playwright). */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'node_modules/**'],
    environment: 'node',
    testTimeout: 20_000,
    // Vitest leaves one core free, which on a machine of two is half of it.
    maxWorkers: '100%',
    // Tests await conditions; a retry would hide a flaky one.
    retry: 0,
  },
})
