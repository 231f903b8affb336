export { type FeedReader, feed, feedHeaders } from './feed.js'
export { type PlatformFacts, pageFolder, pageHeaders, platform } from './page.js'
