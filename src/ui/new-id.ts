/**
 * RFC 9562 version 7, so that what is made together lies together on the server's disk. Not `crypto.randomUUID`: browsers have
 * none for a page that came over plain http from another machine.
 */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const ms = Date.now().toString(16).padStart(12, '0')
  const variant = '89ab'.charAt((bytes[9] ?? 0) & 3)
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(3, 6)}-${random.slice(6, 18)}`
}
