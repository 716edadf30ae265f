#!/bin/sh
# `npm run test:here` in a container of Node.js on Alpine, which lacks the tools that the specs use: a C compiler and Rust for
# programs in Rust, Python for its parsers, and git.
set -eu
apk add --no-cache build-base git py3-pip rustup
rustup-init -y --profile minimal
PATH="$HOME/.cargo/bin:$PATH"
export PATH
# The repository belongs to the user outside of the container.
git config --global --add safe.directory "$PWD"
npm install --no-save
npm run test:here
