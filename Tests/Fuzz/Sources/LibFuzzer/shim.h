#include <stddef.h>
#include <stdint.h>

/// Changes `size` bytes at random, in place; returns how many there are then, at most `capacity`.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);
