# One image for web, worker and beat; what differs is the command. See compose.yaml.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --home-dir /srv/clorp --shell /usr/sbin/nologin clorp
WORKDIR /srv/clorp

# The lock file alone first, so that a change of code does not install everything again.
# Each is requirements.txt plus the packages for the judging panel, for S3, or for traces.
COPY requirements-panel.txt requirements-s3.txt requirements-otel.txt ./
RUN pip install --require-hashes -r requirements-panel.txt -r requirements-s3.txt -r requirements-otel.txt

COPY manage.py LICENSE ./
COPY core/ core/
COPY accounts/ accounts/
COPY clorp/ clorp/
COPY wallet/ wallet/
COPY drops/ drops/
COPY templates/ templates/
COPY static/ static/
COPY docs/ docs/

# Collecting static files needs settings that load, not ones that work: nothing here is kept or connected to.
RUN DEBUG=0 SECRET_KEY=only-while-building ALLOWED_HOSTS=localhost DATABASE_URL=postgres://nobody@localhost/nothing \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q core accounts wallet drops clorp \
    && install -d -o clorp -g clorp /data
ENV CLORP_DATA_DIR=/data
VOLUME /data

ARG SOURCE_URL=""
LABEL org.opencontainers.image.title="clorp" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later" \
      org.opencontainers.image.source="${SOURCE_URL}"

USER clorp
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "clorp.probe", "/healthz"]
CMD ["granian", "clorp.asgi:application", "--interface", "asgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--backlog", "8192", "--backpressure", "4096", "--runtime-mode", "st", "--http", "1", "--no-ws", \
     "--log-level", "warning", "--workers-kill-timeout", "8", "--respawn-failed-workers", \
     "--respawn-interval", "20"]
