# Builds and runs mesos-maintenance-bot. Works on Docker and Podman; no network but the image and npm registries is needed.
#
#   docker build -t mesos-maintenance-bot:0.1.0 .
#   docker run --env-file .env -v "$PWD/config:/app/config:ro" -v mesos-bot-data:/data mesos-maintenance-bot:0.1.0
#
# A clusters file and what it names (certificates, an inventory) are not in the image: mount them, as above, and set
# CLUSTERS_FILE=config/clusters.yaml. docker-compose.yml runs bot and worker apart, with Redis.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the development tools and the local Slack. What draws time lines has its build for this system as an optional package.
RUN npm ci --ignore-scripts --omit=dev && rm -rf node_modules/local-slack-*

FROM node:22-bookworm-slim
# In its own network namespace the container's health and metrics may listen everywhere; publish them on loopback only.
ENV NODE_ENV=production OPS_HOST=0.0.0.0 HOST=0.0.0.0 OPS_PORT=9464 DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE README.md ./
USER node
VOLUME /data
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.OPS_PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node as process 1 handles SIGTERM itself; the ordered shutdown takes at most 25 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/main.js"]
CMD ["--role", "all"]
