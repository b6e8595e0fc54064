import { describe, expect, it } from 'vitest'
import { readConfig } from '../../server/config.ts'
import { StartProblem } from '../../server/start-problem.ts'

describe('settings', () => {
  it('without any, the contract’s defaults hold', () => {
    expect(readConfig({}, '/srv/pawkit')).toEqual({
      port: 3000,
      host: '127.0.0.1',
      database: '/srv/pawkit/data/pawkit.db',
      origin: 'http://localhost:3000',
      secret: null,
      signUp: 'open',
      trustProxy: [],
      metricsToken: null,
      history: { days: 90, versions: 100 },
      logLevel: 'info',
    })
  })

  it('each is read, and the origin follows the port', () => {
    expect(readConfig({ PORT: '8080', HOST: '' }, '/').origin).toBe('http://localhost:8080')
    const env = {
      DATABASE_URL: 'sqlite:/var/lib/pawkit/x.db',
      PAWKIT_ORIGIN: 'https://Pawkit.example/',
      PAWKIT_SECRET: 's'.repeat(32),
      PAWKIT_SIGN_UP: 'closed',
      PAWKIT_TRUST_PROXY: '127.0.0.1, fd00::/8',
      PAWKIT_METRICS_TOKEN: 't'.repeat(16),
      PAWKIT_HISTORY_DAYS: '7',
      PAWKIT_HISTORY_VERSIONS: '1000000',
      LOG_LEVEL: 'warn',
    }
    expect(readConfig(env, '/srv')).toMatchObject({
      database: '/var/lib/pawkit/x.db',
      origin: 'https://pawkit.example',
      secret: 's'.repeat(32),
      signUp: 'closed',
      trustProxy: ['127.0.0.1', 'fd00::/8'],
      metricsToken: 't'.repeat(16),
      history: { days: 7, versions: 1_000_000 },
      logLevel: 'warn',
    })
  })

  it.each([
    ['PORT', '0'],
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['HOST', 'not a host'],
    ['DATABASE_URL', 'postgres://localhost/pawkit'],
    ['DATABASE_URL', 'mysql://x'],
    ['DATABASE_URL', 'sqlite:'],
    ['PAWKIT_ORIGIN', 'pawkit.example'],
    ['PAWKIT_ORIGIN', 'https://pawkit.example/path'],
    ['PAWKIT_ORIGIN', 'ftp://pawkit.example'],
    ['PAWKIT_SECRET', 'short'],
    ['PAWKIT_SIGN_UP', 'maybe'],
    ['PAWKIT_TRUST_PROXY', 'proxy.example'],
    ['PAWKIT_TRUST_PROXY', '10.0.0.0/33'],
    ['PAWKIT_METRICS_TOKEN', 'fifteen letters'],
    ['PAWKIT_METRICS_TOKEN', 'sixteen letters and a space'],
    ['PAWKIT_METRICS_TOKEN', 'ü'.repeat(16)],
    ['PAWKIT_HISTORY_DAYS', '0'],
    ['PAWKIT_HISTORY_DAYS', '36501'],
    ['PAWKIT_HISTORY_DAYS', '1.5'],
    ['PAWKIT_HISTORY_DAYS', '-1'],
    ['PAWKIT_HISTORY_VERSIONS', '0'],
    ['PAWKIT_HISTORY_VERSIONS', 'all'],
    ['PAWKIT_HISTORY_VERSIONS', '1000001'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is refused in one line that names it', (name, value) => {
    const read = () => readConfig({ [name]: value }, '/')
    expect(read).toThrow(StartProblem)
    expect(read).toThrow(new RegExp(`^${name} [^\n]+$`))
  })
})
