/// Products of matrices of f32, for the instruction set of the file that includes this.
#include "panels.h"

enum {
  /// Rows of a panel that are used at a time: 16 KiB of it stay in the first cache.
  depth = 256,
  /// Rows of `a` that are used at a time: 144 KiB of it stay in the second cache.
  height = 144,
};

/// A tile: some rows of `c`, the columns of some panels, `count` steps of the chain. `first` says that
/// the chain starts, `last` that it ends.
typedef struct {
  size_t count, a_stride, panel_stride, c_stride, columns;
  const float *a, *panel, *biases;
  float *c;
  int first, last;
  /// What is fetched beside: from `next` on, `pace` numbers a step of the chain.
  const float *next;
  size_t pace;
} step_f32;

/// `fetches` says that something is fetched beside.
INLINE void tile_f32(const step_f32 *s, const int rows, const int panels, const int fetches) {
  floats sum[tile_rows][tile_panels * parts];
  float edge[tile_rows * tile_panels * width];
  const int is_whole = s->columns == (size_t)panels * width;
  float *c = is_whole ? s->c : edge;
  const size_t c_stride = is_whole ? s->c_stride : (size_t)panels * width;
  if (s->first) {
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int v = 0; v < panels * parts; v++) sum[i][v] = 0.f;
  } else {
    if (!is_whole) load_edge(edge, c_stride, s->c, s->c_stride, (size_t)rows, s->columns);
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int v = 0; v < panels * parts; v++) sum[i][v] = load(c + i * c_stride + v * LANES);
  }
  const float *a = s->a, *panel = s->panel, *next = s->next;
  const size_t stride = s->a_stride, panel_stride = s->panel_stride;
  for (size_t p = 0; p < s->count; p++) {
    floats factor[tile_panels * parts];
    UNROLL for (int q = 0; q < panels; q++) {
      if (fetches) __builtin_prefetch(next + q * panel_stride);
      UNROLL for (int v = 0; v < parts; v++)
        factor[q * parts + v] = load(panel + q * panel_stride + v * LANES);
    }
    UNROLL for (int i = 0; i < rows; i++) {
      floats x = a[i * stride];
      UNROLL for (int v = 0; v < panels * parts; v++) sum[i][v] = fused(x, factor[v], sum[i][v]);
    }
    panel += width;
    next += s->pace;
    a++;
  }
  if (s->last)
    UNROLL for (int v = 0; v < panels * parts; v++) {
      const floats bias = load(s->biases + v * LANES);
      UNROLL for (int i = 0; i < rows; i++) {
        floats x = sum[i][v] + bias;
        sum[i][v] = nan_of(x, x);
      }
    }
  UNROLL for (int i = 0; i < rows; i++)
    UNROLL for (int v = 0; v < panels * parts; v++) store(c + i * c_stride + v * LANES, sum[i][v]);
  if (!is_whole) store_edge(s->c, s->c_stride, edge, c_stride, (size_t)rows, s->columns);
}

static void tiles_f32(const step_f32 *s, size_t rows, size_t panels) { TILES(tile_f32, s, 0) }
static void fetching_f32(const step_f32 *s, size_t rows, size_t panels) {
  TILES(tile_f32, s, 1)
}

/// Some rows times some panels. What comes next is fetched in equal parts by all tiles; a single one
/// fetches what is not far ahead.
static void block_f32(step_f32 s, size_t rows, size_t panels, int fetches) {
  const size_t tiles = (rows + tile_rows - 1) / tile_rows;
  s.next = s.panel + (tiles > 1 ? panels * s.panel_stride : 64 * width);
  s.pace = (width + tiles - 1) / tiles;
  for (size_t count; rows > 0; rows -= count, s.next += s.count * s.pace) {
    count = rows_of_tile(rows, tile_rows);
    if (panels == panels_of(count, panels)) {
      if (fetches) fetching_f32(&s, count, panels);
      else tiles_f32(&s, count, panels);
    } else {
      // The last tile has fewer rows, and would have more panels.
      step_f32 one = s;
      for (size_t q = 0; q < panels; q++) {
        one.columns = lesser(width, columns_of(s.columns, (int)q));
        one.panel = s.panel + q * s.panel_stride;
        one.biases = s.biases + q * width;
        one.c = s.c + q * width;
        tiles_f32(&one, count, 1);
      }
    }
    s.a += count * s.a_stride;
    s.c += count * s.c_stride;
  }
}

void FOR_ISA(gemm_f32)(size_t row_begin, size_t row_end, size_t panel_begin, size_t panel_end,
                       size_t n, size_t k, const float *a, size_t a_stride, const float *packed,
                       const float *bias, float *c, size_t c_stride) {
  // Few rows take each panel once, from its start to its end.
  const int few = row_end - row_begin <= 4 * tile_rows;
  const size_t chunk = few && k > 0 ? k : depth;
  // More than the first caches keep while other matrices are used; one or two rows read several panels
  // side by side, which the processor fetches by itself, but from far.
  const size_t near = (size_t)1 << (row_end - row_begin > 2 ? 12 : 20);
  const int fetches = (panel_end - panel_begin) * k > near;
  // Rows that lie a multiple of 4 KiB apart would push each other out of the caches.
  const int copied = !few && a_stride % 1024 == 0;
  float copy[height * (depth + width)];
  for (size_t top = row_begin; top < row_end; top += height) {
    const size_t rows = lesser(height, row_end - top);
    for (size_t start = 0; start == 0 || start < k; start += chunk) {
      step_f32 s = {.count = lesser(chunk, k - start), .panel_stride = k * width,
                    .a_stride = a_stride, .c_stride = c_stride, .a = a + top * a_stride + start,
                    .biases = no_biases, .first = start == 0, .last = start + chunk >= k};
      if (copied) {
        s.a_stride = depth + width;
        for (size_t row = 0; row < rows; row++)
          memcpy(copy + row * s.a_stride, s.a + row * a_stride, s.count * sizeof *a);
        s.a = copy;
      }
      size_t panels;
      for (size_t panel = panel_begin; panel < panel_end; panel += panels) {
        panels = panels_of(rows_of_tile(rows, tile_rows), panel_end - panel);
        float biases[tile_panels * width];
        s.columns = lesser(panels * width, n - panel * width);
        if (s.last) s.biases = load_biases(bias ? bias + panel * width : NULL, s.columns, biases);
        s.panel = packed + (panel * k + start) * width;
        s.c = c + top * c_stride + panel * width;
        block_f32(s, rows, panels, fetches);
      }
    }
  }
}
