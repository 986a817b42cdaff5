/// Eight entropy-coded rows at a time, for the instruction set of the file that includes this.
///
/// Lanes take words in turn, and so wait for each other, but for what each looks up in tables they do
/// not: eight loads at a time are what this gains by. Vectors that gather them took longer.
#include "kernels.h"
#include "vector.h"

INLINE void decode_rows(tlc_stream *stream, const uint16_t *words,
                        const tlc_stream_tables *tables, const int precision, size_t columns,
                        const uint32_t *table_of, const uint32_t *expected,
                        const ptrdiff_t *places, size_t stride, uint32_t *symbols,
                        uint32_t *escapes) {
  enum { width = tlc_stream_width };
  const uint32_t last = (uint32_t)(tables->count - 1);
  const uint8_t *slots = tables->slots;
  const uint64_t *entries = tables->entries;
  const uint16_t *next_word = words + stream->position, *end = words + stream->count;
  uint32_t states[width], all = 0;
  memcpy(states, stream->states, sizeof states);
  const uint32_t *first_escape = escapes;
  for (size_t column = 0; column < columns && next_word <= end; column++) {
    uint32_t residuals[width], any = 0;
    UNROLL for (int lane = 0; lane < width; lane++) {
      const uint32_t state = states[lane];
      const uint32_t named = table_of[column * width + lane];
      const size_t table = named < last ? named : last;
      const uint32_t slot = state & ((1u << precision) - 1);
      const uint64_t entry = entries[table << 8 | slots[table << precision | slot]];
      const uint32_t next = (uint32_t)(entry >> 32 & 0xFFFF) * (state >> precision) + slot -
                            (uint32_t)(entry >> 48);
      const uint32_t refilled = next << 16 | *next_word;
      const int takes = next < 1 << 16;
      states[lane] = takes ? refilled : next;
      next_word += takes;
      residuals[lane] = (uint32_t)entry;
      any |= (uint32_t)entry;
    }
    uint32_t *to = symbols + places[column];
    if (__builtin_expect(any & tlc_stream_escape, 0)) {
      for (int lane = 0; lane < width; lane++) {
        if (residuals[lane] & tlc_stream_escape)
          *escapes++ = (uint32_t)(column * width + lane);
        else
          all |= to[lane * stride] = residuals[lane] + expected[column * width + lane];
      }
    } else {
      UNROLL for (int lane = 0; lane < width; lane++)
        all |= to[lane * stride] = residuals[lane] + expected[column * width + lane];
    }
  }
  memcpy(stream->states, states, sizeof states);
  stream->position = (size_t)(next_word - words);
  stream->escape_count = (size_t)(escapes - first_escape);
  stream->all |= all;
}

void FOR_ISA(decode_rows)(tlc_stream *stream, const uint16_t *words,
                          const tlc_stream_tables *tables, size_t columns,
                          const uint32_t *table_of, const uint32_t *expected,
                          const ptrdiff_t *places, size_t stride, uint32_t *symbols,
                          uint32_t *escapes) {
#define DECODE(precision)                                                                          \
  decode_rows(stream, words, tables, precision, columns, table_of, expected, places, stride,       \
              symbols, escapes)
  if (tables->precision == 12)
    DECODE(12);
  else
    DECODE(tables->precision);
#undef DECODE
}
