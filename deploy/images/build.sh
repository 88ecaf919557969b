#!/bin/sh
# Builds the base image and the five service images.
#   PYTHON_IMAGE=python:3.13-slim@sha256:... deploy/images/build.sh [service ...]
# BUILDER   docker (default) or buildah
# VERSION   tag of the images (default: dev)
# BUILD_OPTIONS  further options for every build, such as --isolation chroot for buildah in a container
set -eu
cd "$(dirname "$0")/../.."

: "${PYTHON_IMAGE:?name the pinned Python image to build on, for example from .env.example}"
builder=${BUILDER:-docker}
version=${VERSION:-dev}

build() {
    # BUILD_OPTIONS is a list of words on purpose.
    # shellcheck disable=SC2086
    "$builder" build ${BUILD_OPTIONS:-} "$@" .
}

build --build-arg "PYTHON_IMAGE=$PYTHON_IMAGE" --tag "lidhja/base:$version" --file deploy/images/base.Dockerfile
for service in ${*:-identity directory referral notify portal}; do
    build --build-arg "BASE_IMAGE=lidhja/base:$version" --tag "lidhja/$service:$version" \
        --file "services/$service/Dockerfile"
done
