"""The language model: prompts, sequences and the thread that decodes them."""

from app.install.cublas import preload_llama

preload_llama()  # `import llama_cpp` loads its libraries, and those need CUDA's
