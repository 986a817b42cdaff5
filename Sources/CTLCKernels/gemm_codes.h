/// Products of f32 with integer codes of 8 or 4 bits, for the instruction set of the file that includes
/// this.
///
/// A panel is a sequence of blocks of 64 bytes, which hold 4 or 8 rows of 16 columns; each group of
/// rows starts with a block of its own. A block of 8 bits is rows of bytes; one of 4 bits is a word a
/// column, whose lowest four bits are the first row's code, and 8 more. Four panels are a band, in which
/// their blocks and steps take turns, so that what is read once is read from one place on; the last band
/// has what is left of them.
#include "panels.h"

#if LANES >= 8
#include <immintrin.h>
#endif

enum { code_block = 64, band_panels = 4 };

typedef struct {
  size_t k, group, a_stride, c_stride, columns;
  /// The panels of the band.
  size_t band;
  const float *a, *steps, *biases;
  const uint8_t *panel;
  float *c;
} step_codes;

/// Codes of row `i` of a block of bytes, as numbers.
INLINE floats load_bytes_of_row(const uint8_t *block, const int i, const int v) {
  typedef int8_t narrow __attribute__((ext_vector_type(LANES)));
  narrow x;
  memcpy(&x, block + i * width + v * LANES, sizeof x);
  return __builtin_convertvector(__builtin_convertvector(x, ints), floats);
}

/// All eight rows of a block of words, as numbers.
INLINE void load_words(const uint8_t *block, const int v, floats rows[8]) {
  words x;
  memcpy(&x, block + 4 * v * LANES, sizeof x);
#if LANES == 16
  // A table, which reads the last four bits of a word.
  const floats values = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};
  UNROLL for (int i = 0; i < 8; i++)
    rows[i] = (floats)_mm512_permutexvar_ps((__m512i)(x >> (4 * i)), (__m512)values);
#elif LANES == 8
  // Tables of the two upper bytes of these numbers; the lower ones are 0. Bytes of a column are put so
  // that they come together with what is two rows below them.
#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
  const __m256i order = TWICE(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
  const __m256i upper =
      TWICE(-63, -64, -64, -64, -64, -64, -64, -65, 0, 63, 64, 64, 64, 64, 64, 64);
  const __m256i lower =
      TWICE(0, -32, -64, -96, -128, 64, 0, -128, 0, -128, 0, 64, -128, -96, -64, -32);
#undef TWICE
  const __m256i four = _mm256_set1_epi8(15), high = _mm256_set1_epi32((int)0xFFFF0000);
  const __m256i mixed = _mm256_shuffle_epi8((__m256i)x, order);
  UNROLL for (int odd = 0; odd < 2; odd++) {
    const __m256i codes = _mm256_and_si256(odd ? _mm256_srli_epi16(mixed, 4) : mixed, four);
    const __m256i up = _mm256_shuffle_epi8(upper, codes), low = _mm256_shuffle_epi8(lower, codes);
    const __m256i first = _mm256_unpacklo_epi8(low, up), last = _mm256_unpackhi_epi8(low, up);
    rows[odd] = (floats)_mm256_slli_epi32(first, 16);
    rows[odd + 2] = (floats)_mm256_and_si256(first, high);
    rows[odd + 4] = (floats)_mm256_slli_epi32(last, 16);
    rows[odd + 6] = (floats)_mm256_and_si256(last, high);
  }
#else
  UNROLL for (int i = 0; i < 8; i++)
    rows[i] = __builtin_convertvector((ints)(x >> (4 * i) & 15u) - 8, floats);
#endif
}

/// `count` steps of the sums, of at most a block.
INLINE void add_block(floats sum[tile_rows][tile_panels * parts], const float *a, size_t stride,
                      const uint8_t *panel, const int rows, const int panels, const int bits,
                      const int count) {
  const int most = 32 / bits;
  UNROLL for (int q = 0; q < panels; q++) {
    // No panel's numbers are made before its turn: there are no registers to keep them in.
    __asm__ volatile("" ::: "memory");
    floats factor[parts][8];
    UNROLL for (int v = 0; v < parts; v++)
      if (bits == 4) load_words(panel + q * code_block, v, factor[v]);
      else
        UNROLL for (int p = 0; p < 4; p++)
          factor[v][p] = load_bytes_of_row(panel + q * code_block, p, v);
    UNROLL for (int p = 0; p < most; p++)
      if (p < count)
        UNROLL for (int i = 0; i < rows; i++) {
          const floats x = a[i * stride + p];
          UNROLL for (int v = 0; v < parts; v++)
            sum[i][q * parts + v] = fused(x, factor[v][p], sum[i][q * parts + v]);
        }
  }
}

INLINE void tile_codes(const step_codes *s, const int rows, const int panels, const int bits) {
  const int steps_of_block = 32 / bits;
  floats total[tile_rows][tile_panels * parts];
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int v = 0; v < panels * parts; v++) total[i][v] = 0.f;
  const float *a = s->a, *steps = s->steps;
  const uint8_t *panel = s->panel;
  const size_t stride = s->a_stride, next = s->band * code_block;
  for (size_t begin = 0; begin < s->k; begin += s->group) {
    size_t left = lesser(s->group, s->k - begin);
    floats sum[tile_rows][tile_panels * parts];
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int v = 0; v < panels * parts; v++) sum[i][v] = 0.f;
    // Registers are for the sums of this group.
    __asm__ volatile("" ::"r"(&total[0][0]) : "memory");
    for (; left >= (size_t)steps_of_block; left -= (size_t)steps_of_block) {
      UNROLL for (int q = 0; q < panels; q++)
        __builtin_prefetch(panel + q * code_block + 64 * code_block);
      add_block(sum, a, stride, panel, rows, panels, bits, steps_of_block);
      a += steps_of_block;
      panel += next;
    }
    if (left > 0) {
      add_block(sum, a, stride, panel, rows, panels, bits, (int)left);
      panel += next;
      a += left;
    }
    UNROLL for (int q = 0; q < panels; q++)
      UNROLL for (int v = 0; v < parts; v++) {
        const floats step = load(steps + q * width + v * LANES);
        UNROLL for (int i = 0; i < rows; i++)
          total[i][q * parts + v] = fused(sum[i][q * parts + v], step, total[i][q * parts + v]);
      }
    steps += s->band * width;
  }
  float edge[tile_rows * tile_panels * width];
  const int is_whole = s->columns == (size_t)panels * width;
  float *c = is_whole ? s->c : edge;
  const size_t c_stride = is_whole ? s->c_stride : (size_t)panels * width;
  UNROLL for (int v = 0; v < panels * parts; v++) {
    const floats bias = load(s->biases + v * LANES);
    UNROLL for (int i = 0; i < rows; i++) {
      const floats x = total[i][v] + bias;
      store(c + i * c_stride + v * LANES, nan_of(x, x));
    }
  }
  if (!is_whole) store_edge(s->c, s->c_stride, edge, c_stride, (size_t)rows, s->columns);
}

static void tiles_of_8_bits(const step_codes *s, size_t rows, size_t panels) {
  TILES(tile_codes, s, 8)
}
static void tiles_of_4_bits(const step_codes *s, size_t rows, size_t panels) {
  TILES(tile_codes, s, 4)
}

void FOR_ISA(gemm_codes)(size_t row_begin, size_t row_end, size_t panel_begin, size_t panel_end,
                         const float *a, size_t a_stride, const tlc_code_matrix *b,
                         const float *bias, float *c, size_t c_stride) {
  const size_t k = b->k, group = lesser(b->group, k);
  const size_t groups = k ? (k + group - 1) / group : 0;
  const size_t blocks = tlc_blocks_of_codes(k, group, b->bits);
  const size_t all_panels = (b->n + width - 1) / width;
  // Rows of `a` that are used at a time: 256 KiB of it stay in the second cache.
  const size_t fit = ((size_t)1 << 16) / (k + 1) / tile_rows * tile_rows;
  const size_t height = fit > tile_rows ? lesser(144, fit) : tile_rows;
  for (size_t top = row_begin; top < row_end; top += height) {
    const size_t bottom = lesser(top + height, row_end);
    size_t panels;
    for (size_t panel = panel_begin; panel < panel_end; panel += panels) {
      // Panels of one tile are of one band.
      const size_t place = panel % band_panels, first = panel - place;
      const size_t left = lesser(panel_end - panel, band_panels - place);
      panels = panels_of(rows_of_tile(bottom - top, tile_rows), left);
      float biases[tile_panels * width];
      const size_t columns = lesser(panels * width, b->n - panel * width);
      const float *ends = load_biases(bias ? bias + panel * width : NULL, columns, biases);
      size_t rows;
      for (size_t row = top; row < bottom; row += rows) {
        rows = rows_of_tile(bottom - row, tile_rows);
        const size_t span = panels == panels_of(rows, panels) ? panels : 1;
        for (size_t q = 0; q < panels; q += span) {
          const step_codes s = {
              .k = k, .group = group, .a_stride = a_stride, .c_stride = c_stride,
              .columns = lesser(span * width, columns - q * width),
              .band = lesser(band_panels, all_panels - first), .a = a + row * a_stride,
              .steps = b->steps + (first * groups + place + q) * width,
              .biases = ends + q * width,
              .panel = b->panels + (first * blocks + place + q) * code_block,
              .c = c + row * c_stride + (panel + q) * width};
          if (b->bits == 8) tiles_of_8_bits(&s, rows, span);
          else tiles_of_4_bits(&s, rows, span);
        }
      }
    }
  }
}
