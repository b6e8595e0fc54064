import { html } from 'hono/html'

/** A small page of the server's own, for where the app itself cannot be shown. */
export const page = (title: string, words: string, link?: string) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
  </head>
  <body>
    <h1>${title}</h1>
    <p>${words} ${link === undefined ? '' : html`<a href="${link}">${link}</a>`}</p>
  </body>
</html>`
