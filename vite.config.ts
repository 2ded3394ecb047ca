import { linguiTransformerBabelPreset } from '@lingui/vite-plugin'
import babel from '@rolldown/plugin-babel'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The server writes its nonce in here; see platform/screens.ts. */
const noncePlace = '__NONCE__'

export default defineConfig({
  root: 'src/app/browser',
  // English stays in the code, so that it is right whatever the catalogues say.
  plugins: [
    babel({ presets: [linguiTransformerBabelPreset({ descriptorFields: 'message' })] }),
    react(),
    tailwindcss(),
  ],
  html: { cspNonce: noncePlace },
  build: {
    outDir: '../../../dist',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // The themes are `light-dark()`, which is younger than the rest.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    manifest: true,
  },
})
