export { type EncryptedTokenCacheOptions, encryptedTokenCache } from './cache/encrypted-token-cache.js'
export { type LayeredTokenCacheOptions, layeredTokenCache } from './cache/layered-token-cache.js'
export { type MemoryTokenCacheOptions, memoryTokenCache } from './cache/memory-token-cache.js'
export type {
  ForgetRequest,
  Lease,
  LeaseAnswer,
  LeaseFailure,
  LeaseOutcome,
  TokenCache,
} from './cache/token-cache.js'
export { cacheKeysFromEnv } from './configuration/cache-keys-from-env.js'
export type { TesouroTokensFromEnvOptions } from './configuration/from-env.js'
export type {
  TesouroCredentials,
  TesouroEnvironment,
  TesouroTimeouts,
  TesouroTokensOptions,
} from './configuration/options.js'
export { createTesouroTokens, tesouroTokensFromEnv } from './create.js'
export type { SubjectTokenAlgorithm } from './crypto/signature-algorithms.js'
export {
  CacheUnavailableError,
  ClosedError,
  ConfigurationError,
  InvalidRequestError,
  InvalidUserError,
  isTesouroTokensError,
  RateLimitedError,
  SubjectTokenError,
  type TesouroTokensError,
  type TesouroTokensErrorCode,
  TokenEndpointError,
  UpstreamResponseError,
  UpstreamUnavailableError,
  UserForgottenError,
} from './errors.js'
export type {
  CacheEvent,
  CacheFailureEvent,
  CacheGuardEvent,
  ClockEvent,
  CredentialsEvent,
  EventOutcome,
  ExchangeEvent,
  ForgetEvent,
  LeaseWaitEvent,
  MintEvent,
  RefreshEvent,
  RefusalEvent,
  RenewEvent,
  RevokeEvent,
  TesouroTokensEvent,
} from './events.js'
export { widgetTokenEndpoint } from './http/endpoint.js'
export type { WidgetTokenAdapter } from './http/handler.js'
export { createWidgetTokenHandler } from './http/handler.js'
export type { WidgetTokenRequestHeader, WidgetTokenRequestHeaders } from './http/headers.js'
export type { WidgetTokenHints } from './http/hint.js'
export { requestHost } from './http/host.js'
export { type NodeRequest, nodeRequestBody } from './http/node-request-body.js'
export type {
  WidgetTokenAnswer,
  WidgetTokenHandler,
  WidgetTokenInput,
  WidgetTokenOptions,
  WidgetTokenOutput,
  WidgetTokenRefusal,
} from './http/options.js'
export type { WidgetTokenProblem, WidgetTokenProblemCode } from './http/problem.js'
export { type NodeResponse, sendNodeAnswer } from './http/send-node-answer.js'
export { splitWidgetTokenOptions } from './http/split-options.js'
export type { TokenKey } from './identity/token-key.js'
export type { Clock } from './lib/clock.js'
export type { LimitStore } from './limits/limit-store.js'
export type { SubjectTokenSignFunction } from './subject-token/external-signer.js'
export { type SubjectTokenProvider, subjectTokenFrom } from './subject-token/from-provider.js'
export type { SubjectTokenPublicKey } from './subject-token/public-key.js'
export { signedSubjectToken } from './subject-token/signed.js'
export type {
  ExternallySignedSubjectTokenOptions,
  SignedSubjectTokenOptions,
} from './subject-token/signed-options.js'
export type {
  SubjectTokenContext,
  SubjectTokenEnvironment,
  SubjectTokenPurpose,
  SubjectTokenSource,
  SubjectTokenUser,
} from './subject-token/source.js'
export type { SubjectTokenKey } from './subject-token/subject-token-key.js'
export { type UnsecuredSubjectTokenOptions, unsecuredSubjectToken } from './subject-token/unsecured.js'
export {
  type AccessToken,
  type AccessTokenCallOptions,
  type ForgetUserResult,
  TesouroTokens,
  type TesouroTokensHealth,
  type UserAccessToken,
  type WidgetToken,
} from './tokens.js'
export type {
  CacheTrace,
  ExchangeTrace,
  LeaseWaitTrace,
  MintTrace,
  ObtainTrace,
  RevokeTrace,
  SlotWaitTrace,
  TesouroTokensTrace,
} from './traces.js'
export type { JsonValue, SubjectTokenGetter, TesouroUser } from './user.js'
