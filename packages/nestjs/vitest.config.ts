import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base from '../../vitest.base.js'

/** Applications that inject by type need the metadata that TypeScript emits for them; the library itself does not. */
const config: ViteUserConfig = defineConfig({
  ...base,
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
})
export default config
