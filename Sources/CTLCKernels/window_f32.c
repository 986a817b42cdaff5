#include "tlc_kernels.h"
#include <string.h>

enum { width = tlc_panel_width };

/// Neighbouring windows of one row of outputs: `length` of them from `first` on, for lanes from
/// `lane` on.
typedef struct {
  size_t outer[2], first, length, lane;
} segment;

/// Divides windows into segments.
static size_t divide(const tlc_window *w, size_t first, size_t count, segment *segments) {
  const size_t row = w->axes[2].output;
  size_t made = 0;
  for (size_t lane = 0; lane < count;) {
    const size_t place = first + lane, line = place / row;
    size_t length = row - place % row;
    if (length > count - lane) length = count - lane;
    segments[made++] = (segment){.outer = {line / w->axes[1].output, line % w->axes[1].output},
                                 .first = place % row, .length = length, .lane = lane};
    lane += length;
  }
  return made;
}

/// What `length` windows read of a row at one kernel position, from `start` on, `stride` apart.
static void gather_row(const float *row, ptrdiff_t input, ptrdiff_t start, ptrdiff_t stride,
                       size_t length, float *to) {
  const ptrdiff_t end = start + (ptrdiff_t)(length - 1) * stride;
  if (start >= 0 && end < input) {
    if (stride != 1)
      for (size_t j = 0; j < length; j++) to[j] = row[start + (ptrdiff_t)j * stride];
    else if (length == width)
      memcpy(to, row + start, width * sizeof(float));
    else
      for (size_t j = 0; j < length; j++) to[j] = row[start + (ptrdiff_t)j];
    return;
  }
  for (size_t j = 0; j < length; j++) {
    const ptrdiff_t place = start + (ptrdiff_t)j * stride;
    to[j] = place >= 0 && place < input ? row[place] : 0;
  }
}

void tlc_gather_f32(const float *x, size_t channels, const tlc_window *w, size_t first,
                    size_t count, float *panel) {
  const tlc_window_axis *d = &w->axes[0], *h = &w->axes[1], *l = &w->axes[2];
  const size_t plane = d->input * h->input * l->input;
  segment segments[width];
  const size_t segment_count = divide(w, first, count, segments);
  if (count < width)
    memset(panel, 0, channels * d->kernel * h->kernel * l->kernel * width * sizeof(float));
  for (size_t s = 0; s < segment_count; s++) {
    const segment g = segments[s];
    float *to = panel + g.lane;
    const ptrdiff_t left = (ptrdiff_t)(g.first * l->stride) - (ptrdiff_t)l->before;
    for (size_t channel = 0; channel < channels; channel++) {
      for (size_t i = 0; i < d->kernel; i++) {
        const ptrdiff_t z = (ptrdiff_t)(g.outer[0] * d->stride + i * d->dilation) - (ptrdiff_t)d->before;
        for (size_t j = 0; j < h->kernel; j++) {
          const ptrdiff_t y =
              (ptrdiff_t)(g.outer[1] * h->stride + j * h->dilation) - (ptrdiff_t)h->before;
          const int inside = z >= 0 && (size_t)z < d->input && y >= 0 && (size_t)y < h->input;
          const float *row =
              x + channel * plane + (inside ? ((size_t)z * h->input + (size_t)y) * l->input : 0);
          for (size_t k = 0; k < l->kernel; k++, to += width)
            gather_row(row, inside ? (ptrdiff_t)l->input : 0, left + (ptrdiff_t)(k * l->dilation),
                       (ptrdiff_t)l->stride, g.length, to);
        }
      }
    }
  }
}
