export { type FeedReader, feed, feedHeaders } from './feed.js'
export {
  browserPackageFolder,
  browserPackagePath,
  type PlatformFacts,
  pageFile,
  pageFolder,
  pageHeaders,
  platform,
} from './page.js'
