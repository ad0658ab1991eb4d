// Jest's transform: Node's own type stripping, so that tests run what `node` runs.
const { stripTypeScriptTypes } = require('node:module');
const { createHash } = require('node:crypto');
module.exports = {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
  getCacheKey: (source, path) => createHash('sha256').update(process.version).update(path).update(source).digest('hex'),
};
