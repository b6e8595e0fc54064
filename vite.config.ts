import { readFileSync } from 'node:fs'
import { transform } from 'lightningcss'
import { minify } from 'terser'
import { defineConfig, type Plugin } from 'vite'
import { type VitePluginPWAAPI, VitePWA } from 'vite-plugin-pwa'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as {
  version: string
}

/**
 * Workbox's `Queue` is our trigger of Background Sync; its own store of requests, which forgets a request before it is
 * sent, is never used (sw/triggers.ts) and therefore not in the worker either. Whoever touches it gets an error.
 */
const noQueueStore: Plugin = {
  name: 'pawkit:no-queue-store',
  enforce: 'pre',
  load(id) {
    // Marks of its versions, for the browser's console.
    if (/\/workbox-[a-z-]+\/_version\.js/.test(id)) return ''
    // Its only error is a name that two queues share: the code says it.
    if (/\/workbox-core\/_private\/WorkboxError\.js/.test(id))
      return 'export class WorkboxError extends Error {}'
    const part = /workbox-background-sync\/lib\/(QueueStore|StorableRequest)\.js/.exec(id)?.[1]
    const used = "throw new Error('left out')"
    if (part === 'QueueStore') return 'export class QueueStore {}'
    return part && `export class ${part} { static fromRequest() { ${used} } }`
  },
  // Nor the queue's own methods on that store, and the page registers the tags.
  transform(code, id) {
    if (!/workbox-background-sync\/Queue\.js/.test(id)) return null
    const [from, to] = [code.indexOf('async pushRequest('), code.indexOf('_addSyncListener() {')]
    if (from < 0 || to < from) throw new Error('workbox-background-sync has changed: look at this anew.')
    return code.slice(0, from) + code.slice(to)
  },
}

/**
 * The worker reads and writes inside transactions of its own only: idb's shortcuts on the database and its cursors as
 * iterators are a twentieth of its budget, and are left out.
 */
const plainIdb: Plugin = {
  name: 'pawkit:plain-idb',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/idb\/build\/index\.js/.test(id)) return null
    const [extras, exported] = [code.indexOf('const readMethods ='), code.lastIndexOf('export {')]
    if (extras < 0 || exported < extras) throw new Error('idb has changed: look at pawkit:plain-idb anew.')
    return code.slice(0, extras) + code.slice(exported)
  },
}

/** What is wrong with a value is told by pages, in these sentences; the worker asks only whether something is. */
const noSentences: Plugin = {
  name: 'pawkit:no-sentences',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/src\/(core\/(rules|schema|write)|store\/library)\.ts$/.test(id)) return null
    const without = code
      .replace(/\b(says:|tooMany:|problem:|NO_NAME =) (['`])[^'`]+\2/g, "$1 ''")
      .replace(/\bsuper\('[^']+'\)/, 'super()')
    if (without === code) throw new Error(`${id} has changed: look at pawkit:no-sentences anew.`)
    return without
  },
}

/**
 * The worker has a budget of 25 kB; Terser's repeated passes make it smaller than Vite's minifier does. On the written
 * bundle, since Rolldown prints its chunks anew after `renderChunk`. `unsafe` and `pure_getters` take it that nobody has
 * replaced what the language brings along, and that reading a property does nothing else. Functions put in where they are
 * called make the text shorter, and the compressed text longer.
 */
const smallWorker: Plugin = {
  name: 'pawkit:small-worker',
  apply: 'build',
  enforce: 'post',
  async generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      const options = {
        module: true,
        ecma: 2020,
        compress: { passes: 3, pure_getters: true, unsafe: true, unsafe_arrows: true, inline: 1 },
      } as const
      // Workbox names its private members so; they meet nothing outside of the bundle.
      const mangle = { properties: { regex: /^_[a-z]/ } }
      chunk.code = (await minify(chunk.code, { ...options, mangle })).code ?? chunk.code
    }
  },
}

/** Vite minifies style sheets in files of their own only; the page's are literals of Lit's, comments and all. */
const smallStyles: Plugin = {
  name: 'pawkit:small-styles',
  apply: 'build',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/src\/ui\/.*\.ts$/.test(id)) return null
    const small = (styles: string): string =>
      transform({ filename: id, code: Buffer.from(styles), minify: true })
        .code.toString()
        .replace(/[\\`$]/g, '\\$&')
    return code.replace(
      /\bcss`([^`\\]*)`/g,
      // What is put in stands between rules.
      (_, styles: string) =>
        `css\`${styles
          .split(/(\$\{\w+\})/)
          .map((part, at) => (at % 2 ? part : small(part)))
          .join('')}\``,
    )
  },
}

/** The globs name the web app manifest already, by a digest of eight signs; the plugin would add it once more. */
const manifestOnce: Plugin = {
  name: 'pawkit:manifest-once',
  buildStart() {
    const plugins = this.environment.config.plugins
    const pwa: { readonly api?: VitePluginPWAAPI } | undefined = plugins.find(
      ({ name }) => name === 'vite-plugin-pwa',
    )
    pwa?.api?.extendManifestEntries(() => [])
  },
}

/** The client: the page and, in a build of its own, the service worker. The server runs from source. */
export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify(version) },
  build: {
    target: 'es2023',
    cssTarget: 'chrome123',
    modulePreload: { polyfill: false },
    sourcemap: false,
    // The worker names them all, and six signs of a digest tell two versions of one file apart.
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash:6].js',
        chunkFileNames: 'assets/[name]-[hash:6].js',
        assetFileNames: 'assets/[name]-[hash:6][extname]',
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: `http://127.0.0.1:${process.env.PAWKIT_API_PORT ?? '3001'}`, xfwd: false } },
  },
  plugins: [
    smallStyles,
    manifestOnce,
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'sw',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: false,
      // The globs below name them already.
      includeManifestIcons: false,
      injectManifest: {
        minify: false,
        buildPlugins: { vite: [noQueueStore, plainIdb, noSentences, smallWorker] },
        globPatterns: ['**/*.{js,css,html,svg,png,woff2,webmanifest}'],
        // The system keeps the icons of what it has installed; a page shows none but the one of its tab.
        globIgnores: ['screenshots/**', 'icons/*.png'],
        // Eight of a digest's signs tell two versions of one file apart, and the worker has a budget.
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((entry) => ({
              ...entry,
              // Left out where it is null, as the name changes with the content.
              revision: entry.revision?.slice(0, 8) as string,
            })),
            warnings: [],
          }),
        ],
      },
      devOptions: { enabled: true, type: 'module', navigateFallback: '/index.html' },
      manifest: {
        id: '/',
        name: 'Pawkit',
        short_name: 'Pawkit',
        description: 'Cards, notes and collections, usable at once, offline, on every device.',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#fcfaf7',
        theme_color: '#fcfaf7',
        screenshots: [
          {
            src: '/screenshots/wide.png',
            sizes: '1280x800',
            type: 'image/png',
            form_factor: 'wide',
            label: 'The library with a note open',
          },
          {
            src: '/screenshots/phone.png',
            sizes: '390x844',
            type: 'image/png',
            form_factor: 'narrow',
            label: 'The library on a phone',
          },
        ],
        categories: ['productivity', 'utilities'],
        icons: [
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icons/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
          { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
      },
    }),
  ],
})
