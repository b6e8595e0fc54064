import { defineConfig } from '@playwright/test'
import { BROWSER_FLAGS } from './scripts/browser.ts'

/** Real Chromium against the production build and a real server; scripts/test.ts sets PAWKIT_CHROMIUM. */
const executablePath = process.env.PAWKIT_CHROMIUM

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    browserName: 'chromium',
    launchOptions: { args: [...BROWSER_FLAGS], ...(executablePath ? { executablePath } : {}) },
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
  },
})
