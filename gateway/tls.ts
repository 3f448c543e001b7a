import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext, type SecureContextOptions, type Server } from 'node:tls'
import { CannotStart, type Log } from '@bizosaas/runtime'

export type CertificateFiles = { readonly certificate: string; readonly key: string }

const oldestVersion = 'TLSv1.2'
const lookEveryMs = 2_000

/** @throws CannotStart when a file cannot be read or the two do not belong together */
export function readCertificate({ certificate, key }: CertificateFiles): SecureContextOptions {
  try {
    return checked({ certificate, key })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new CannotStart(
      `GATEWAY_TLS_CERTIFICATE_FILE and GATEWAY_TLS_KEY_FILE: ${message}. Both must be PEM files that belong together.`,
      { cause },
    )
  }
}

function checked({ certificate, key }: CertificateFiles): SecureContextOptions {
  const options = { cert: readFileSync(certificate), key: readFileSync(key), minVersion: oldestVersion } as const
  createSecureContext(options)
  return options
}

/**
 * Takes a renewed certificate for new connections as soon as both files hold it. Files are asked for their times, which also
 * works where they are links that are switched, as in a mounted secret. Of a pair that does not fit, the old one stays.
 */
export function followCertificate(server: Server, files: CertificateFiles, log: Log): () => void {
  const reload = () => {
    try {
      server.setSecureContext(checked(files))
      log.info({ file: files.certificate }, 'certificate renewed')
    } catch (error) {
      log.error({ err: error }, 'the new certificate is not usable, the old one stays')
    }
  }
  const paths = [files.certificate, files.key]
  for (const path of paths) watchFile(path, { interval: lookEveryMs, persistent: false }, reload)
  return () => {
    for (const path of paths) unwatchFile(path, reload)
  }
}
