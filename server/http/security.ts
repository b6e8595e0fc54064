import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Deps } from './env.ts'

const SELF = ["'self'"]
const NONE = ["'none'"]

/** Headers of every answer. Scripts and styles come from files of ours only; Lit's styles are constructed, not inline. */
export const security = ({ config }: Deps): MiddlewareHandler =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: SELF,
      scriptSrc: SELF,
      styleSrc: SELF,
      imgSrc: ["'self'", 'data:'],
      fontSrc: SELF,
      connectSrc: SELF,
      workerSrc: SELF,
      manifestSrc: SELF,
      objectSrc: NONE,
      baseUri: NONE,
      frameAncestors: NONE,
      formAction: SELF,
    },
    xFrameOptions: 'DENY',
    referrerPolicy: 'same-origin',
    // Over plain http on localhost it would break other programs on the same name.
    strictTransportSecurity: config.origin.startsWith('https:') ? 'max-age=15552000' : false,
    permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
  })
