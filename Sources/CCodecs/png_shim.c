#include "fidelio_codecs.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// libpng reports errors by longjmp. Each function below that calls it sets its own jump target first, and keeps what must
// survive the jump in these structures rather than in local variables.

static void fail(png_structp png, png_const_charp text) {
  char *message = png_get_error_ptr(png);
  strncpy(message, text, 127);
  message[127] = 0;
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

const char *fc_png_version(void) { return png_get_libpng_ver(NULL); }

// --- Reading

typedef struct reader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, position;
  png_bytep *rows;
} reader;

static void take(png_structp png, png_bytep target, size_t count) {
  reader *r = png_get_io_ptr(png);
  if (count > r->count - r->position) png_error(png, "the file ends too early");
  memcpy(target, r->bytes + r->position, count);
  r->position += count;
}

// Converts everything to 8 bits of gray or RGB; drops transparency.
static void set_transformations(reader *r) {
  png_set_strip_16(r->png);
  png_set_packing(r->png);
  png_set_expand(r->png);
  png_set_strip_alpha(r->png);
  png_set_interlace_handling(r->png);
}

bool fc_png_open(fc_png *image, const uint8_t *bytes, size_t count, uint32_t limit) {
  memset(image, 0, sizeof *image);
  reader *r = calloc(1, sizeof *r);
  if (!r) return false;
  image->state = r;
  r->bytes = bytes;
  r->count = count;
  r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, image->message, fail, ignore);
  if (!r->png) return false;
  if (setjmp(png_jmpbuf(r->png))) return false;
  r->info = png_create_info_struct(r->png);
  if (!r->info) png_error(r->png, "out of memory");
  png_set_read_fn(r->png, r, take);
  png_set_user_limits(r->png, limit, limit);
  png_set_chunk_malloc_max(r->png, 1 << 20);
  png_set_chunk_cache_max(r->png, 64);
  png_read_info(r->png, r->info);
  set_transformations(r);
  png_read_update_info(r->png, r->info);
  image->width = png_get_image_width(r->png, r->info);
  image->height = png_get_image_height(r->png, r->info);
  image->channels = png_get_channels(r->png, r->info);
  return true;
}

bool fc_png_read(fc_png *image, uint8_t *pixels) {
  reader *r = image->state;
  if (setjmp(png_jmpbuf(r->png))) return false;
  r->rows = calloc(image->height, sizeof *r->rows);
  if (!r->rows) png_error(r->png, "out of memory");
  size_t stride = (size_t)image->width * (size_t)image->channels;
  for (uint32_t row = 0; row < image->height; row++) r->rows[row] = pixels + row * stride;
  png_read_image(r->png, r->rows);
  png_read_end(r->png, NULL);
  return true;
}

void fc_png_close(fc_png *image) {
  reader *r = image->state;
  if (!r) return;
  png_destroy_read_struct(&r->png, &r->info, NULL);
  free(r->rows);
  free(r);
  image->state = NULL;
}

// --- Writing

typedef struct writer {
  png_structp png;
  png_infop info;
  void (*append)(void *context, const uint8_t *bytes, size_t count);
  void *context;
} writer;

static void give(png_structp png, png_bytep bytes, size_t count) {
  writer *w = png_get_io_ptr(png);
  w->append(w->context, bytes, count);
}

static void flush(png_structp png) { (void)png; }

// Every setting that affects the bytes is set here.
static void set_format(writer *w, uint32_t width, uint32_t height, int channels, int level) {
  int color = channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
  png_set_IHDR(w->png, w->info, width, height, 8, color, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(w->png, level);
  png_set_compression_mem_level(w->png, 8);
  png_set_compression_window_bits(w->png, 15);
  png_set_compression_strategy(w->png, 0);
  png_set_compression_buffer_size(w->png, 1 << 16);
  png_set_filter(w->png, PNG_FILTER_TYPE_BASE, channels == 1 ? PNG_FILTER_NONE : PNG_ALL_FILTERS);
}

static bool write_image(writer *w, uint32_t width, uint32_t height, int channels, const uint8_t *pixels, int level) {
  if (setjmp(png_jmpbuf(w->png))) return false;
  w->info = png_create_info_struct(w->png);
  if (!w->info) png_error(w->png, "out of memory");
  png_set_write_fn(w->png, w, give, flush);
  set_format(w, width, height, channels, level);
  png_write_info(w->png, w->info);
  size_t stride = (size_t)width * (size_t)channels;
  for (uint32_t row = 0; row < height; row++) png_write_row(w->png, pixels + row * stride);
  png_write_end(w->png, NULL);
  return true;
}

bool fc_png_write(uint32_t width, uint32_t height, int channels, const uint8_t *pixels, int level,
                  void (*append)(void *context, const uint8_t *bytes, size_t count), void *context,
                  char message[128]) {
  message[0] = 0;
  writer w = {.append = append, .context = context};
  w.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  if (!w.png) return false;
  bool done = write_image(&w, width, height, channels, pixels, level);
  png_destroy_write_struct(&w.png, &w.info);
  return done;
}
