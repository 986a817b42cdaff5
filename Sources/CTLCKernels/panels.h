/// What the kernels share that multiply by packed panels, for the instruction set of the file that
/// includes this.
#ifndef TLC_PANELS_H
#define TLC_PANELS_H

#include "kernels.h"
#include "vector.h"

enum {
  width = tlc_panel_width,
  /// Vectors of a row of a panel.
  parts = width / LANES,
  /// Rows of a tile: all its sums stay in registers.
  tile_rows = LANES == 16 ? 12 : 6,
  /// The greatest number of panels of a tile.
  tile_panels = 4,
};

/// How many panels a tile has: enough sums to hide the latency of a multiply-add, or as many as there
/// are registers for.
#define PANELS_OF(rows) (LANES == 16 ? (rows) > 6 ? 2 : 4 : (rows) > 2 ? 1 : (rows) > 1 ? 2 : 4)

/// Calls `tile(s, rows, panels, constant)` with constants.
#define TILE_CASE(tile, s, rows, constant)                                                         \
  case rows:                                                                                       \
    if (panels == PANELS_OF(rows)) tile(s, rows, PANELS_OF(rows), constant);                       \
    else tile(s, rows, 1, constant);                                                               \
    break;
#if LANES == 16
#define TILE_MORE(tile, s, constant)                                                               \
  TILE_CASE(tile, s, 7, constant)                                                                  \
  TILE_CASE(tile, s, 8, constant)                                                                  \
  TILE_CASE(tile, s, 9, constant)                                                                  \
  TILE_CASE(tile, s, 10, constant)                                                                 \
  TILE_CASE(tile, s, 11, constant)                                                                 \
  TILE_CASE(tile, s, 12, constant)
#else
#define TILE_MORE(tile, s, constant)
#endif
#define TILES(tile, s, constant)                                                                   \
  switch (rows) {                                                                                  \
    TILE_CASE(tile, s, 1, constant)                                                                \
    TILE_CASE(tile, s, 2, constant)                                                                \
    TILE_CASE(tile, s, 3, constant)                                                                \
    TILE_CASE(tile, s, 4, constant)                                                                \
    TILE_CASE(tile, s, 5, constant)                                                                \
    TILE_CASE(tile, s, 6, constant)                                                                \
    TILE_MORE(tile, s, constant)                                                                   \
  }

INLINE size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

/// How many panels the next tile of some rows takes, of those that are left.
INLINE size_t panels_of(size_t rows, size_t left) {
  const size_t most = PANELS_OF(rows);
  return left >= most ? most : 1;
}

/// The rows of the next tile, where `rows` are divided evenly among as few of at most `most` as can be.
INLINE size_t rows_of_tile(size_t rows, size_t most) {
  const size_t tiles = (rows + most - 1) / most;
  return tiles ? (rows + tiles - 1) / tiles : 0;
}

/// Copies the columns that exist of a tile's rows, for tiles that have not all of them.
static inline void load_edge(float *edge, size_t edge_stride, const float *c, size_t c_stride,
                             size_t rows, size_t columns) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < edge_stride; j++)
      edge[i * edge_stride + j] = j < columns ? c[i * c_stride + j] : 0;
}
static inline void store_edge(float *c, size_t c_stride, const float *edge, size_t edge_stride,
                              size_t rows, size_t columns) {
  for (size_t i = 0; i < rows; i++)
    memcpy(c + i * c_stride, edge + i * edge_stride, columns * sizeof *c);
}

static const float no_biases[tile_panels * width];

/// Biases of a tile's columns, `+0` where there are none and for −0: so no sum is −0.
INLINE const float *load_biases(const float *bias, size_t count, float *biases) {
  if (!bias) return no_biases;
  for (size_t v = 0; v < tile_panels * parts; v++) store(biases + v * LANES, 0.f);
  memcpy(biases, bias, count * sizeof *bias);
  for (size_t v = 0; v < tile_panels * parts; v++)
    store(biases + v * LANES, load(biases + v * LANES) + 0.f);
  return biases;
}

/// The columns that exist of a tile's panel `q`.
INLINE size_t columns_of(size_t columns, int q) {
  return columns > (size_t)q * width ? columns - (size_t)q * width : 0;
}

#endif
