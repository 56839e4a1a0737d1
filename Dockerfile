# Untested: written where no container engine runs. `test/cli/image.spec.ts` tries the paths below as a user who may write
# nowhere else.
FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY . .
# `npm ci` builds the package too.
RUN npm ci && npm prune --omit=dev --omit=optional --ignore-scripts && chmod 755 dist/src/cli/main.js

FROM node:26-bookworm-slim
ENV NODE_ENV=production
COPY --from=build /app/package.json /app/
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY examples /app/examples
RUN ln -s /app/dist/src/cli/main.js /usr/local/bin/adit \
  # Keys and guard live in a volume of their own, apart from the database and its backups.
  && mkdir -p /var/lib/adit && chown node:node /var/lib/adit
USER node
# Commands make their files below the working folder: .adit, an outbox, what is saved.
WORKDIR /var/lib/adit
VOLUME /var/lib/adit
EXPOSE 8400
# Room for what lives as long as one batch: fewer collections, a tenth more events a second.
ENTRYPOINT ["node", "--max-semi-space-size=64", "/app/dist/src/cli/main.js"]
CMD ["serve"]
