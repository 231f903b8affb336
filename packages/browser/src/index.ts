export { announceSignOut } from './announce-sign-out.js'
export { createWidgetTokenFetcher } from './create-widget-token-fetcher.js'
export { keepWidgetToken } from './keep-widget-token.js'
export type {
  KeepWidgetTokenOptions,
  WidgetToken,
  WidgetTokenFetcher,
  WidgetTokenOptions,
} from './options.js'
export type { WidgetTokenEnd, WidgetTokenError, WidgetTokenErrorCode } from './widget-token-error.js'
