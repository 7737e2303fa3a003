# A worker (and flower, and the command line). Build: docker build -t prunesweep .
# The default torch brings CUDA; for CPU only: --build-arg TORCH_PIP_ARGS="--index-url URL" with PyTorch's CPU index.
FROM python:3.12-slim

ARG TORCH_PIP_ARGS=""

RUN useradd --create-home --uid 1000 sweep
WORKDIR /opt/prunesweep

# torch and torchvision first: they are large and seldom change.
COPY constraints.txt ./
RUN pip install --no-cache-dir ${TORCH_PIP_ARGS} --constraint constraints.txt torch torchvision

COPY pyproject.toml README.md LICENSE ./
COPY core core
COPY orchestrator orchestrator
COPY worker worker
COPY migrations migrations
COPY prunesweep prunesweep
RUN pip install --no-cache-dir --constraint constraints.txt ".[worker,flower]"

USER sweep
WORKDIR /home/sweep
RUN mkdir -p /home/sweep/data
ENV SWEEP_HOME=/home/sweep/state SWEEP_DATA_DIR=/home/sweep/data PYTHONUNBUFFERED=1
CMD ["sweep", "worker"]
