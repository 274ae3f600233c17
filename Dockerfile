# Spanfold in a container: built in one stage, run in the next with what npm packs and nothing else.
# test/package/dockerfile.test.ts does these steps in empty folders.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund
RUN mkdir packed && npm pack --pack-destination /src/packed

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /src/packed /app/packed
RUN npm install --no-audit --no-fund --omit=dev /app/packed/spanfold-*.tgz
RUN mkdir -p /data && chown node:node /data
USER node
# Other addresses than this machine's need a secret: docker run -e ADMIN_TOKEN=… -p 8787:8787 -p 4317:4317 -v spanfold:/data
ENV HOST=0.0.0.0 DATA_DIR=/data
VOLUME /data
EXPOSE 8787 4317
CMD ["node", "node_modules/spanfold/dist/cli/spanfold.js", "start"]
