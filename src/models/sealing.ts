import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

export type Sealer = {
  /** Nonce, tag and ciphertext. `name` is bound in: a row copied to another name does not open. */
  readonly seal: (text: string, name: string) => Buffer
  /** Undefined where the bytes, the name or the install's secret are not the ones it was sealed with. */
  readonly open: (sealed: Buffer, name: string) => string | undefined
}

/** AES-256-GCM. A fresh random nonce each time: with 96 bits and a handful of keys no two ever meet. */
export function createSealer(key: Buffer): Sealer {
  return {
    seal: (text, name) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
    },
    open: (sealed, name) => {
      const nonce = sealed.subarray(0, nonceBytes)
      const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes)
      if (tag.length !== tagBytes) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(name)).setAuthTag(tag)
      try {
        const text = decipher.update(sealed.subarray(nonceBytes + tagBytes))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}
