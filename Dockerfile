# Untried: there was no Docker engine where this was written. No build step: Node runs the sources as they are.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The image brings its own Node; the package `node` is left in because the lock file names it.
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM node:24-slim
ENV NODE_ENV=production HTTP_HOST=0.0.0.0 HTTP_PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY src src
COPY projections projections
RUN mkdir /data /blobs && chown node:node /data /blobs
USER node
VOLUME /data
EXPOSE 3000
# Without npm between, so that SIGTERM reaches the program.
ENTRYPOINT ["node", "--max-semi-space-size=16", "src/main.ts"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
