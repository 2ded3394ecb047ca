import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** The built browser half: its document, and files whose names change with what is in them. */
export type Screens = {
  /** The document for any address of the application; undefined if nothing has been built. */
  document(nonce: string): Promise<string | undefined>
  file(path: string, accepted: string): Promise<ScreenFile | undefined>
}

type ScreenFile = { readonly body: Uint8Array<ArrayBuffer>; readonly headers: Readonly<Record<string, string>> }
type Packed = { readonly plain: Buffer; readonly br: Buffer | undefined; readonly gzip: Buffer | undefined }

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json',
  '.ico': 'image/x-icon',
}
const packable = new Set(['.js', '.css', '.svg', '.json', '.webmanifest'])
/** What the build writes where the server's nonce goes. */
const noncePlace = /__NONCE__/g

/** Serves the folder of one build from memory: each file is read and packed once, at its first request. */
export function openScreens(folder: string): Screens {
  const files = new Map<string, Promise<Packed | undefined>>()
  const documentText = () => readFile(join(folder, 'index.html'), 'utf8').catch(noFile)
  let document: Promise<string | undefined> | undefined
  return {
    document: async (nonce) => (await (document ??= documentText()))?.replaceAll(noncePlace, nonce),
    file: async (path, accepted) => {
      const type = types[extname(path)]
      const place = join(folder, path)
      if (!type || path.includes('\0') || !place.startsWith(folder + sep)) return undefined
      // By its place: a path can be spelt in endless ways, and each would keep a copy of its own.
      const packed = files.get(place) ?? readPacked(place)
      if (await packed) files.set(place, packed)
      const found = await packed
      return found && answer(found, type, { path, accepted })
    },
  }
}

function answer(found: Packed, type: string, { path, accepted }: { path: string; accepted: string }): ScreenFile {
  const encoding =
    found.br && /\bbr\b/.test(accepted) ? 'br' : found.gzip && /\bgzip\b/.test(accepted) ? 'gzip' : 'plain'
  const forever = path.startsWith('/assets/')
  return {
    body: new Uint8Array(found[encoding] ?? found.plain),
    headers: {
      'content-type': type,
      'cache-control': forever ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      ...(forever ? {} : { etag: `"${createHash('sha256').update(found.plain).digest('hex').slice(0, 16)}"` }),
      ...(found.br ? { vary: 'accept-encoding' } : {}),
      ...(encoding === 'plain' ? {} : { 'content-encoding': encoding }),
    },
  }
}

async function readPacked(place: string): Promise<Packed | undefined> {
  const plain = await readFile(place).catch(noFile)
  if (!plain) return undefined
  if (!packable.has(extname(place))) return { plain, br: undefined, gzip: undefined }
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    promisify(gzip)(plain, { level: 9 }),
  ])
  return { plain, br, gzip: gz }
}

const missing = new Set<string | undefined>(['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'])

function noFile(fault: NodeJS.ErrnoException): undefined {
  if (missing.has(fault.code)) return undefined
  throw fault
}
