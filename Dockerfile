# Untested here: no container engine was at hand when this was written.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The root package builds itself on `npm ci`; its sources are copied before, so that it can.
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
COPY migrations ./migrations
COPY test ./test
COPY bench ./bench
RUN npm ci && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY examples ./examples
# Keys and guard live in a volume of their own, apart from the database and its backups.
RUN mkdir -p /var/lib/adit && chown node:node /var/lib/adit
USER node
VOLUME /var/lib/adit
EXPOSE 8400
# Room for what lives as long as one batch: fewer collections, a tenth more events a second.
ENTRYPOINT ["node", "--max-semi-space-size=64", "dist/src/cli/main.js"]
CMD ["serve"]
