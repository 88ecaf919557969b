# What all five services stand on: Python, a user without rights, an empty environment. The Python image is
# given by who builds, pinned (see .env.example): docker build --build-arg PYTHON_IMAGE=... -f this .
ARG PYTHON_IMAGE
FROM ${PYTHON_IMAGE}

RUN groupadd --system --gid 10001 lidhja \
    && useradd --system --uid 10001 --gid lidhja --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin lidhja \
    && python3 -m venv /opt/lidhja

ENV PATH=/opt/lidhja/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/srv/lidhja \
    BIND=0.0.0.0:8000 \
    HEARTBEAT_FILE=/tmp/heartbeat

WORKDIR /srv/lidhja
