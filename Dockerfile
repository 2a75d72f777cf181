# One image for web, worker, beat and migrations.

FROM node:22-slim AS assets
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tia_hub/static/src tia_hub/static/src
RUN npm run build

FROM python:3.13-slim AS packages
COPY requirements.lock /tmp/
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tia
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app XDG_CACHE_HOME=/tmp/cache
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY migrations migrations
COPY templates templates
COPY tia_hub tia_hub
COPY worker worker
COPY --from=assets /src/tia_hub/static/build tia_hub/static/build
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "tia_hub.cli", "web", "--host", "0.0.0.0", "--port", "8000"]
