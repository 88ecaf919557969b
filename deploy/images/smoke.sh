#!/bin/sh
# Tries each image: its own code loads, nothing of a sibling is inside, and it does not run as root.
# Takes BUILDER and VERSION as build.sh does.
set -eu

builder=${BUILDER:-docker}
version=${VERSION:-dev}
everything="identity directory referral notify portal"

inside() {
    image=$1
    shift
    if [ "$builder" = docker ]; then
        docker run --rm --network none "$image" "$@"
    else
        container=$(buildah from --pull-never "$image")
        status=0
        buildah run "$container" -- "$@" || status=$?
        buildah rm "$container" >/dev/null
        return "$status"
    fi
}

for service in ${*:-$everything}; do
    modules="services.$service.bootstrap, services.$service.settings, gunicorn"
    [ "$service" = portal ] || modules="$modules, services.$service.entrypoints.cli, services.$service.entrypoints.worker"
    # shellcheck disable=SC2016
    inside "lidhja/$service:$version" python -W ignore -c "
import os, pathlib, $modules
assert os.getuid() == 10001, 'runs as root'
found = {path.name for path in pathlib.Path('services').iterdir() if path.is_dir()} - {'__pycache__'}
assert found == {'$service'}, found
assert not os.access('services', os.W_OK), 'its own code is writable'
print('$service: ok')
"
done
