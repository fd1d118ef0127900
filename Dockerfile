# The bot as an image: `docker build --pull -t retencao .` (docs/implantacao.md).
# Tags name a minor version: its patches come with every build. Pin a digest to choose them yourself.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv --without-pip /opt/venv
COPY requirements-runtime.lock ./
# --only-binary: nothing that is installed runs code of its own here, and no compiler is needed.
RUN pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
    --require-hashes --no-deps --only-binary :all: -r requirements-runtime.lock
COPY app.py command_line.py operations.py spreadsheet.py ./
COPY deploy/healthcheck.py ./deploy/
COPY bot ./bot
COPY cards ./cards
COPY config ./config
COPY dialogs ./dialogs
COPY doctor ./doctor
COPY retention ./retention
# Compiled here: the container's file system is read-only.
RUN python -m compileall -q --invalidation-mode unchecked-hash .

FROM python:3.11-slim-bookworm
# /data alone belongs to the bot, for a SQLite file: it cannot change its own program.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin retencao \
    && install --directory --owner=retencao --group=retencao --mode=0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MODE=production \
    LISTEN_HOST=0.0.0.0 \
    LOG_FORMAT=json
WORKDIR /app
USER 10001:10001
EXPOSE 3978
# /healthz, not /readyz: what /readyz tells is nearly always outside, and a restart would not help.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
# No shell in between: SIGTERM reaches the bot, which finishes what is in hand.
ENTRYPOINT ["python", "app.py"]
CMD ["serve"]
