# The service on its own: no build tools, no root, nothing written outside /data and /tmp.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock ./
# Every file is checked against the lock; what the last step installs can only be one of these.
RUN python -m venv /tools \
 && /tools/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && /tools/bin/pip download --no-cache-dir --disable-pip-version-check --require-hashes --no-deps \
      --dest /wheels -r requirements.lock
COPY pyproject.toml README.md ./
COPY knowledge knowledge
COPY fixtures fixtures
COPY cds_service cds_service
RUN /tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
 && python -m venv --without-pip /opt/cds-service \
 && /tools/bin/pip --python /opt/cds-service install --no-cache-dir --no-index --find-links /wheels cds-service

FROM python:3.13-slim
LABEL org.opencontainers.image.title="cds-service" \
      org.opencontainers.image.description="CDS Hooks service: ACR appropriateness of breast-imaging orders"
COPY --from=build /opt/cds-service /opt/cds-service
# A number, so that Kubernetes can see that it is not root.
# /secrets: so that a volume there belongs to the service, which makes its own in docker-compose.yml.
RUN install --directory --owner=10001 --group=10001 /data /secrets
ENV PATH=/opt/cds-service/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CDS_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# http.client, because urllib would ask a proxy that is meant for other hosts.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('CDS_PORT', 8080)), timeout=2); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["cds-service"]
CMD ["serve", "--host", "0.0.0.0"]
