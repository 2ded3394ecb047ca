import { defineConfig } from '@lingui/conf'
import { formatter } from '@lingui/format-po'

/** English is in the code; a catalogue of it is kept for translators. */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en'],
  catalogs: [{ path: '<rootDir>/src/app/browser/locales/{locale}', include: ['<rootDir>/src'] }],
  format: formatter({ lineNumbers: false }),
})
