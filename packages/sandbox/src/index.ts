export type { SandboxGraphql, SandboxGraphqlRequest } from './api/graphql.js'
export { runSandboxCommand, type SandboxCommandOutput } from './command/run.js'
export type { ActiveFault, FaultScope, FaultTarget, SandboxFaults, UndoFault } from './faults/faults.js'
export {
  SANDBOX_SCOPES,
  SANDBOX_WIDGET_SCOPES,
  type SandboxClient,
  type SandboxSubjectTokenKey,
  type StartSandboxOptions,
} from './options.js'
export { SandboxRefusal } from './refusal.js'
export type {
  OpenedAccessToken,
  OpenedWidgetToken,
  RotatedSecrets,
  Sandbox,
  SandboxClientAccess,
  SandboxTokensOptions,
  SandboxTransfer,
} from './sandbox.js'
export { SandboxStartError } from './server.js'
export { startSandbox } from './start.js'
export type { KindCounts, RequestFilter, RequestKind, SandboxRequest, SandboxStats } from './stats.js'
export type { SandboxAccount, SandboxUser } from './users/declared.js'
