export {
  TesouroTokensInstrumentation,
  type TesouroTokensInstrumentationConfig,
} from './instrumentation.js'
