# framejudge on a processor: docker build -t framejudge .
# With Keras and a GPU:       docker build -t framejudge:gpu --build-arg EXTRAS=litert,tensorflow --build-arg GPU=1 .
# A run on your pictures:     docker run --rm -u "$(id -u):$(id -g)" -v "$PWD:/work" framejudge run --detectors canny,cnn-litert --dataset thumbnails
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:${PYTHON}-slim-bookworm
# Optional dependencies of framejudge, with commas between them.
ARG EXTRAS=litert
# Not empty: TensorFlow's CUDA libraries, too; start the container with `--gpus all`.
ARG GPU=
COPY --from=build /wheels /wheels
RUN wheel="$(echo /wheels/framejudge-*.whl)" \
    && pip install --no-cache-dir "framejudge[${EXTRAS}] @ file://${wheel}" ${GPU:+"tensorflow[and-cuda]"} \
    && rm -r /wheels \
    && useradd --create-home judge \
    && install --directory --mode 1777 /work /cache
# Any user may be given with `-u`: the built-in set and Matplotlib's fonts are cached where all may write.
ENV HOME=/work XDG_CACHE_HOME=/cache MPLCONFIGDIR=/cache/matplotlib
USER judge
WORKDIR /work
ENTRYPOINT ["bench"]
CMD ["--help"]
